import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly target: Socket;
}

/** A stretch of network between a peer and a port of this machine, which a test may break. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs: Set<Pair>;

  private constructor(port: number, server: Server, pairs: Set<Pair>) {
    this.port = port;
    this.#server = server;
    this.#pairs = pairs;
  }

  static async to(targetPort: number): Promise<TcpProxy> {
    const pairs = new Set<Pair>();
    const server = createServer((client) => {
      const target = connect(targetPort, '127.0.0.1');
      const pair = { client, target };
      pairs.add(pair);
      for (const [one, other] of [
        [client, target],
        [target, client],
      ] as const) {
        one.setNoDelay();
        // A reset of one side is one of the other; an end is passed on by the pipe.
        one.on('error', () => other.destroy());
        one.on('close', () => {
          other.destroySoon();
          pairs.delete(pair);
        });
        one.pipe(other);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    return new TcpProxy(address.port, server, pairs);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections that are open. */
  get count(): number {
    return this.#pairs.size;
  }

  /** Resets every connection, on both sides. New ones are taken. */
  cut(): void {
    for (const { client, target } of this.#pairs) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  }

  /** Resets every connection towards clients only: the other side hears nothing, and believes them alive. */
  cutUnnoticed(): void {
    for (const { client, target } of this.#pairs) {
      client.unpipe(target);
      client.removeAllListeners('close');
      client.resetAndDestroy();
      target.unpipe(client);
      target.resume();
    }
  }

  /** Resets every connection and takes no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, 'close');
  }
}
