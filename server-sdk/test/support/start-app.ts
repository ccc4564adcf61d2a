import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HubConnection, HubConnectionBuilder, type IHubProtocol, LogLevel } from '@microsoft/signalr';
import type { AzureSignalR, HubEntries, Logger, NegotiateOptions } from '@signalite/server';
import { FetchHttpClient } from './fetch-http-client.ts';

/** A logger that keeps warnings and errors, so that a test can demand that there were none. */
export class LineLog implements Logger {
  readonly lines: string[] = [];
  debug(): void {}
  info(): void {}
  warn(message: string): void {
    this.lines.push(`warn: ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error: ${message}`);
  }
}

/** The web server of an app: negotiate of one hub. */
export class NegotiateServer {
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}/chat`;
  }

  static async listen<H extends HubEntries>(
    signalr: AzureSignalR<H>,
    hub: keyof H & string,
    options: NegotiateOptions<IncomingMessage> = {},
  ): Promise<NegotiateServer> {
    const server = createServer(signalr.negotiateListener(hub, options));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new NegotiateServer(server);
  }

  /** A client of the official library, started. */
  async connect(options: { query?: string; protocol?: IHubProtocol } = {}): Promise<HubConnection> {
    const connection = this.client(options);
    await connection.start();
    return connection;
  }

  client({ query = '', protocol }: { query?: string; protocol?: IHubProtocol } = {}): HubConnection {
    const builder = new HubConnectionBuilder()
      .withUrl(`${this.url}${query}`, { httpClient: new FetchHttpClient() })
      .configureLogging(LogLevel.None);
    return (protocol === undefined ? builder : builder.withHubProtocol(protocol)).build();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
