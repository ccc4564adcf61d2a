import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Sockets of a server that never said anything: browsers and agents open them ahead of need. Node counts them as busy,
 * so that a server that stops would wait for them.
 */
export class SilentSockets {
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    const sockets = this.#sockets;
    // One listener for all: a closure for each connection would cost memory as long as it lives.
    function forget(this: Socket): void {
      sockets.delete(this);
    }
    const spoke = ({ socket }: { socket: Socket }) => {
      if (sockets.delete(socket)) socket.off('close', forget);
    };
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', forget);
    });
    server.on('request', spoke);
    server.on('upgrade', spoke);
  }

  destroyAll(): void {
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}
