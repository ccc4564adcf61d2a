import { type HubProtocol, jsonHubProtocol, type TransportName } from '@signalite/protocol';
import type { Connection, ConnectionListener, OpenConnection } from '../../src/connection/connection.ts';
import { HubConnection, type HubConnectionOptions } from '../../src/hub/hub-connection.ts';
import type { HubContract, UntypedHubContract } from '../../src/hub/hub-contract.ts';

const SEPARATOR = '\u001e';

/** One JSON object that the client sent. */
export type Sent = Record<string, unknown>;

export interface ScriptedConnectionOptions {
  readonly isStateful?: boolean;
  readonly keepsItselfAlive?: boolean;
  /** What the handshake is answered with. Default: success; undefined: nothing. */
  readonly handshake?: string | undefined;
}

/** The server's end of one connection. Speaks JSON, and does what the test says. */
export class ScriptedConnection implements Connection {
  readonly connectionId: string;
  readonly transport: TransportName;
  readonly isStateful: boolean;
  readonly keepsItselfAlive: boolean;
  /** Until it resolves, nothing is taken. */
  gate: Promise<void> = Promise.resolve();
  /** What `reopen` waits for; undefined: it works at once. */
  reopening: (signal: AbortSignal) => Promise<void> = () => Promise.resolve();
  isClosed = false;
  closes = 0;
  readonly #listener: ConnectionListener;
  readonly #handshake: string | undefined;
  readonly #sent: Sent[] = [];
  #wake: (() => void) | undefined;

  constructor(id: number, listener: ConnectionListener, options: ScriptedConnectionOptions) {
    this.connectionId = `c${id}`;
    this.#listener = listener;
    this.isStateful = options.isStateful ?? false;
    this.keepsItselfAlive = options.keepsItselfAlive ?? false;
    this.transport = this.keepsItselfAlive ? 'LongPolling' : 'WebSockets';
    this.#handshake = 'handshake' in options ? options.handshake : '{}';
  }

  async send(bytes: Uint8Array): Promise<void> {
    if (this.isClosed) throw new Error('closed');
    for (const text of new TextDecoder().decode(bytes).split(SEPARATOR).slice(0, -1)) this.#take(JSON.parse(text));
    await this.gate;
  }

  async reopen(signal: AbortSignal): Promise<void> {
    await this.reopening(signal);
    this.isClosed = false;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.closes += 1;
  }

  /** Says something, in as many objects as given. */
  say(...messages: object[]): void {
    this.sayBytes(messages.map((message) => JSON.stringify(message) + SEPARATOR).join(''));
  }

  sayBytes(text: string): void {
    this.#listener.received(new TextEncoder().encode(text));
  }

  /** Ends the transport. */
  end(error?: Error): void {
    this.isClosed = true;
    this.#listener.closed(error);
  }

  /** The next thing that the client sends; pings are skipped. */
  async heard(): Promise<Sent> {
    for (;;) {
      const next = this.#sent.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if (next['type'] !== 6) return next;
    }
  }

  /** Everything sent and not yet heard, pings too. */
  drain(): Sent[] {
    return this.#sent.splice(0);
  }

  #take(message: Sent): void {
    this.#sent.push(message);
    this.#wake?.();
    if ('protocol' in message && this.#handshake !== undefined) {
      const answer = this.#handshake;
      queueMicrotask(() => this.sayBytes(answer + SEPARATOR));
    }
  }
}

/** Opens scripted connections, each as the next entry of the script says; the last entry goes on for ever. */
export class ScriptedServer {
  readonly connections: ScriptedConnection[] = [];
  /** The protocols that were asked for. */
  readonly protocols: HubProtocol[] = [];
  readonly #script: (ScriptedConnectionOptions | Error)[];
  #wake: (() => void) | undefined;

  constructor(...script: (ScriptedConnectionOptions | Error)[]) {
    this.#script = script;
  }

  readonly open: OpenConnection = async (hubProtocol, listener, signal) => {
    await Promise.resolve();
    signal.throwIfAborted();
    this.protocols.push(hubProtocol);
    const entry = (this.#script.length > 1 ? this.#script.shift() : this.#script[0]) ?? {};
    if (entry instanceof Error) throw entry;
    const connection = new ScriptedConnection(this.connections.length + 1, listener, entry);
    this.connections.push(connection);
    this.#wake?.();
    return connection;
  };

  /** The connection with this number, counted from 1, as soon as it is there. */
  async connection(number: number): Promise<ScriptedConnection> {
    for (;;) {
      const connection = this.connections[number - 1];
      if (connection) return connection;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Errors that handlers and callbacks of a test threw. */
export const logged: [string, unknown][] = [];

/** A hub connection to a scripted server. */
export function hubTo<C extends HubContract = UntypedHubContract>(
  server: ScriptedServer,
  options: Partial<HubConnectionOptions> = {},
): HubConnection<C> {
  return new HubConnection<C>({
    open: server.open,
    hubProtocol: jsonHubProtocol,
    serverTimeoutMs: 30_000,
    keepAliveIntervalMs: 15_000,
    bufferBytes: 100_000,
    retryPolicy: undefined,
    log: { error: (message, error) => logged.push([message, error]) },
    ...options,
  });
}

/** A started hub connection and the server's end of it, after the handshake. */
export async function started<C extends HubContract = UntypedHubContract>(
  options: Partial<HubConnectionOptions> = {},
  ...script: (ScriptedConnectionOptions | Error)[]
): Promise<{ hub: HubConnection<C>; server: ScriptedServer; connection: ScriptedConnection }> {
  const server = new ScriptedServer(...script);
  const hub = hubTo<C>(server, options);
  await hub.start();
  const connection = await server.connection(1);
  connection.drain();
  return { hub, server, connection };
}

/** Writes down what a connection tells its owner, with the state at that time. */
export function record(hub: HubConnection): unknown[][] {
  const events: unknown[][] = [];
  hub.onclose((error) => events.push(['close', error, hub.state]));
  hub.onreconnecting((error) => events.push(['reconnecting', error, hub.state]));
  hub.onreconnected((id) => events.push(['reconnected', id, hub.state]));
  return events;
}
