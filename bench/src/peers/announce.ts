import type { Server } from 'node:net';

/** Listens on a free port of loopback and prints where: the benchmark waits for that line. */
export function listenAndAnnounce(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) console.log(`ready http://127.0.0.1:${address.port}`);
  });
}
