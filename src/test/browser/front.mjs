/** Stands for https://web.whatsapp.com in front of the simulator, for clients that know no other address. Loopback only. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate that nobody trusts, made anew each time with the JDK's keytool. */
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'kurir-front-'));
  const file = join(folder, 'key.p12');
  const passphrase = 'simulated';
  const options = { keyalg: 'EC', alias: 'front', dname: 'CN=web.whatsapp.com', keystore: file, storetype: 'PKCS12', storepass: passphrase };
  execFileSync(process.env.KEYTOOL ?? 'keytool', ['-genkeypair', ...Object.entries(options).flatMap(([name, value]) => [`-${name}`, value])], {
    stdio: 'ignore',
  });
  const pfx = readFileSync(file);
  rmSync(folder, { recursive: true });
  return { pfx, passphrase };
}

/** @returns {Promise<{port: number, close: () => void}>} */
export async function front(simulator) {
  const { hostname, port, host } = new URL(simulator);
  const headers = (from) => ({ ...from, host, ...(from.origin && { origin: `http://${host}` }) });
  const server = createServer(certificate(), (incoming, answer) => {
    const { method, url } = incoming;
    const onward = request({ hostname, port, method, path: url, headers: headers(incoming.headers) }, (given) => {
      answer.writeHead(given.statusCode, given.headers);
      given.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    incoming.pipe(onward);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const onward = connect(Number(port), hostname, () => {
      const lines = Object.entries(headers(incoming.headers)).map(([name, value]) => `${name}: ${value}\r\n`);
      onward.write(`GET ${incoming.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const [one, other] of [[onward, socket], [socket, onward]]) one.on('error', () => other.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
