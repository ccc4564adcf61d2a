import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The first byte of a TLS connection: the type of a handshake record. */
const TLS_HANDSHAKE = 0x16;
const FIRST_BYTE_TIMEOUT_MS = 10_000;

export interface TwoSchemesOptions {
  readonly http: Server;
  /** Made when it is needed for the first time; undefined: whoever speaks TLS is hung up on. */
  readonly https: (() => Promise<Server>) | undefined;
  /** Told why it could not be made. */
  readonly onFault: ((message: string) => void) | undefined;
}

/** Gives each connection to one of two servers, by its first byte. Neither of them listens itself. */
export class TwoSchemes {
  readonly #options: TwoSchemesOptions;
  readonly #sockets = new Set<Socket>();
  #https: Promise<Server> | undefined;

  constructor(options: TwoSchemesOptions) {
    this.#options = options;
    startWatch(options.http);
  }

  take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    // Nobody else listens before a server has it; its end is all that matters then.
    const ignore = () => undefined;
    socket.on('error', ignore);
    socket.setTimeout(FIRST_BYTE_TIMEOUT_MS, () => socket.destroy());
    socket.once('data', (chunk: Buffer) => {
      socket.pause();
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.unshift(chunk);
      void this.#give(socket, chunk[0] === TLS_HANDSHAKE).finally(() => socket.off('error', ignore));
    });
  }

  /** Ends every connection at once. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #give(socket: Socket, isTls: boolean): Promise<void> {
    const server = isTls ? await this.#secureServer() : this.#options.http;
    if (server === undefined || socket.destroyed) {
      socket.destroy();
      return;
    }
    server.emit('connection', socket);
    socket.resume();
  }

  /** Undefined when there is none; whoever comes next tries again. */
  async #secureServer(): Promise<Server | undefined> {
    const { https, onFault } = this.#options;
    try {
      this.#https ??= https?.().then(startWatch);
      return await this.#https;
    } catch (error) {
      this.#https = undefined;
      const why = error instanceof Error ? error.message : String(error);
      onFault?.(`The control port cannot speak HTTPS: ${why}. Check the certificate.`);
      return undefined;
    }
  }
}

/** A server looks for requests that never end from the moment when it listens; one that is given its sockets is told. */
function startWatch(server: Server): Server {
  server.emit('listening');
  return server;
}
