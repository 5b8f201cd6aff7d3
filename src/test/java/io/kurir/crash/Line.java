package io.kurir.crash;

import io.kurir.db.embedded.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP line that can be cut: whatever is sent into it then, a new connection too, waits unseen by both ends until it is mended, as behind a switch
 * that drops packets. Thread-safe.
 */
final class Line implements AutoCloseable {
    private static final int BACKLOG = 100;
    private static final int BLOCK = 16_384;

    private final ServerSocket entry;
    private final InetSocketAddress far;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private boolean cut;

    /** From any free port of 127.0.0.1. */
    Line(int far) throws IOException {
        this("127.0.0.1", Ports.free(), far);
    }

    /** @param far a port of 127.0.0.1 */
    Line(String host, int port, int far) throws IOException {
        this.entry = new ServerSocket(port, BACKLOG, InetAddress.ofLiteral(host));
        this.far = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), far);
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return entry.getLocalPort();
    }

    synchronized void cut() {
        cut = true;
    }

    synchronized void mend() {
        cut = false;
        notifyAll();
    }

    private synchronized void passable() throws InterruptedException {
        while (cut) {
            wait();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket near = entry.accept();
                sockets.add(near);
                Thread.ofVirtual().start(() -> join(near));
            }
        } catch (IOException closed) {
            // no more of them
        }
    }

    private void join(Socket near) {
        Socket other = new Socket();
        sockets.add(other);
        try {
            passable();
            near.setTcpNoDelay(true);
            other.setTcpNoDelay(true);
            other.connect(far);
            Thread back = Thread.ofVirtual().start(() -> pump(other, near));
            pump(near, other);
            back.join();
        } catch (IOException nobodyThere) {
            // as if refused
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            hangUp(near);
            hangUp(other);
        }
    }

    private void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] block = new byte[BLOCK];
            int read = in.read(block);
            while (read >= 0) {
                passable();
                out.write(block, 0, read);
                read = in.read(block);
            }
            passable();
            to.shutdownOutput();
        } catch (IOException broken) {
            hangUp(from);
            hangUp(to);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void hangUp(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException gone) {
            // it is closed
        }
    }

    @Override
    public void close() throws IOException {
        entry.close();
        mend();
        sockets.forEach(this::hangUp);
    }
}
