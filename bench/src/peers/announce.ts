import type { Server } from 'node:net';

/** Listens on a free port of loopback and prints where, behind a word: the benchmark waits for that line. */
export function listenAndAnnounce(server: Server, word = 'ready'): void {
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) console.log(`${word} http://127.0.0.1:${address.port}`);
  });
}
