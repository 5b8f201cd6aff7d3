// The least that accepts a message as Kurir does: it is on the disk and in the queue when the answer comes.
import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { Queue } from 'bullmq';
import express from 'express';

const { port, redis, sqlite } = JSON.parse(process.argv[2]);
const { hostname, port: redisPort, password } = new URL(redis);

const database = new Database(sqlite);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL'); // each commit is on the disk, as PostgreSQL's with fsync=on
database.exec(`create table if not exists message (
  id text primary key, client_id text not null, recipient text not null, body text not null, status text not null, created_at integer not null)`);
const insert = database.prepare('insert into message values (?, ?, ?, ?, ?, ?)');
const queue = new Queue('messages', { connection: { host: hostname, port: Number(redisPort), password } });
await queue.waitUntilReady();

const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.post('/messages', async (request, response) => {
  const { clientId, to, text } = request.body ?? {};
  if (typeof clientId !== 'string' || typeof to !== 'string' || typeof text !== 'string' || text === '') {
    response.status(400).json({ error: 'INVALID_PAYLOAD' });
    return;
  }
  const id = randomUUID();
  insert.run(id, clientId, to, text, 'queued', Date.now());
  await queue.add('send', { id }, { jobId: id });
  response.status(202).json({ id, status: 'queued' });
});
app.listen(port, '127.0.0.1', () => console.log('ready'));
