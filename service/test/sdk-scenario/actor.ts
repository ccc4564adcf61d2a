import {
  HttpTransportType,
  type HubConnection,
  HubConnectionBuilder,
  type IHttpConnectionOptions,
  LogLevel,
} from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import type { WebSocket } from 'ws';
import { Inbox } from '../support/inbox.ts';
import { Inbound } from './inbound.ts';
import { observedWebSocket } from './observed-web-socket.ts';
import { FENCE_TARGET } from './readable-message.ts';
import { within } from './within.ts';

const TARGETS = ['received', 'item', 'disconnected', 'streamEnded', FENCE_TARGET];
const DEADLINE_MS = 20_000;

/** What a client answers when the hub asks it. */
export type Answer = (text: string) => unknown;

export interface ActorOptions {
  /** Path of the hub. Default: that of the stage. */
  readonly hubPath?: string;
  /** Methods of the client that hubs call. Default: those of SdkApp's hub. */
  readonly targets?: readonly string[];
  /** Default `json`. */
  readonly protocol?: 'json' | 'messagepack';
  /** Query values of the hub's URL: `user` signs in. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer?: Answer;
}

interface Called {
  readonly target: string;
  readonly args: readonly unknown[];
}

/** A person of the scenario: the official client, and all that came to it. */
export class Actor {
  readonly name: string;
  readonly connection: HubConnection;
  readonly protocol: 'json' | 'messagepack';
  readonly inbound: Inbound;
  /** Why the client says that its connection ended. */
  readonly closed: Promise<string>;
  readonly #calls: Inbox<Called>;
  #webSocket: WebSocket | undefined;
  #id = '';

  constructor(name: string, hubUrl: string, options: ActorOptions) {
    const { protocol = 'json', query = {}, headers = {}, answer, targets = TARGETS } = options;
    this.name = name;
    this.protocol = protocol;
    this.#calls = new Inbox<Called>(name);
    this.inbound = new Inbound(protocol === 'json');
    const url = new URL(hubUrl);
    for (const [key, value] of Object.entries({ name, ...query })) url.searchParams.set(key, value);
    const Observed = observedWebSocket(this.inbound, (webSocket) => {
      this.#webSocket = webSocket;
    });
    // The client takes a WebSocket of its own choice, or this one; its types do not say so.
    const httpOptions: IHttpConnectionOptions & { WebSocket: typeof Observed } = {
      transport: HttpTransportType.WebSockets,
      WebSocket: Observed,
      headers: { ...headers },
    };
    const builder = new HubConnectionBuilder().withUrl(url.href, httpOptions).configureLogging(LogLevel.None);
    if (protocol === 'messagepack') builder.withHubProtocol(new MessagePackHubProtocol());
    this.connection = builder.build();
    for (const target of targets) {
      this.connection.on(target, (...args: unknown[]) => this.#calls.push({ target, args }));
    }
    if (answer !== undefined) this.connection.on('ask', answer);
    this.closed = new Promise((resolve) => {
      this.connection.onclose((error) => resolve(error === undefined ? 'no error' : String(error)));
    });
  }

  /** The connection id; empty before the client was connected. */
  get id(): string {
    return this.#id;
  }

  async start(): Promise<void> {
    await within(`${this.name} connects`, this.connection.start());
    this.#id = this.connection.connectionId ?? '';
  }

  get isConnected(): boolean {
    return this.connection.state === 'Connected';
  }

  /** Waits until the hub has called a method of the client. */
  async called(target: string): Promise<readonly unknown[]> {
    return (await this.#calls.find((call) => call.target === target, DEADLINE_MS)).args;
  }

  /** Waits for a hub message that holds a text and was not told yet. */
  async saw(part: string): Promise<void> {
    await within(`${this.name} sees ${part}`, this.inbound.holds(part));
  }

  /** Waits for the fence of one number. */
  async reached(fence: number): Promise<void> {
    await this.#calls.find((call) => call.target === FENCE_TARGET && call.args[0] === fence, DEADLINE_MS);
  }

  /** Ends the socket without a word. */
  drop(): void {
    this.inbound.end();
    this.#webSocket?.terminate();
  }

  async stop(): Promise<void> {
    this.inbound.end();
    await within(`${this.name} stops`, this.connection.stop());
  }
}
