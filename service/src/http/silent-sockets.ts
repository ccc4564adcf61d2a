import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Sockets of a server that never asked for anything: browsers and agents open them ahead of need. Node counts them as
 * busy, so that a server that stops would wait for them.
 */
export class SilentSockets {
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', ({ socket }) => this.#sockets.delete(socket));
    server.on('upgrade', ({ socket }) => this.#sockets.delete(socket));
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
