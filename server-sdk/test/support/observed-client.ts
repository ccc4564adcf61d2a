import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

export const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const;
export type TransportName = (typeof TRANSPORTS)[number];

/** What a client asks for: nothing, `withAutomaticReconnect`, or `withStatefulReconnect` as well. */
export const RECONNECTS = ['none', 'automatic', 'stateful'] as const;
export type Reconnect = (typeof RECONNECTS)[number];

const RETRY_MS = 100;
const RETRIES = 300;
const PATIENCE_MS = 15_000;

/** A released client that writes down what its callbacks report. */
export class ObservedClient {
  readonly connection: HubConnection;
  readonly transport: TransportName;
  readonly reconnect: Reconnect;
  /** `reconnecting: …`, `reconnected`, `closed: …`, with the text of the error, or `no error`. */
  readonly reports: string[] = [];
  /** Numbers that it was told. */
  readonly heard: number[] = [];
  /** What became of a call that was under way: its answer, or the text of its error. */
  parked: Promise<string> | undefined;
  #connectionId: string | null = null;

  constructor(url: string, transport: TransportName, reconnect: Reconnect) {
    const builder = new HubConnectionBuilder()
      .withUrl(url, { transport: HttpTransportType[transport] })
      .configureLogging(LogLevel.None);
    if (reconnect !== 'none') builder.withAutomaticReconnect([0, ...new Array<number>(RETRIES).fill(RETRY_MS)]);
    if (reconnect === 'stateful') builder.withStatefulReconnect();
    this.connection = builder.build();
    this.transport = transport;
    this.reconnect = reconnect;
    this.connection.onreconnecting((error) => this.reports.push(`reconnecting: ${textOf(error)}`));
    this.connection.onreconnected(() => this.reports.push('reconnected'));
    this.connection.onclose((error) => this.reports.push(`closed: ${textOf(error)}`));
    this.connection.on('heard', (n: number) => this.heard.push(n));
  }

  /** Connects, joins a group, and makes a call that is not answered for now. */
  async start(group: string): Promise<void> {
    const { connection } = this;
    await connection.start();
    this.#connectionId = connection.connectionId;
    await connection.invoke('join', group);
    this.parked = connection.invoke<string>('park').catch(textOf);
  }

  get hasSameId(): boolean {
    return this.connection.connectionId === this.#connectionId;
  }

  /** Resolves when it hears calls again, or will not any more. */
  async settled(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const { state } = this.connection;
      if (state === 'Disconnected') return;
      const isExpected = this.reports.length > 0 || this.reconnect === 'stateful';
      if (isExpected && state === 'Connected' && (await answers(this.connection))) return;
      if (Date.now() > deadline) throw new Error(`the client is ${state}: ${this.reports.join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function answers(connection: HubConnection): Promise<boolean> {
  try {
    return (await connection.invoke('double', 21)) === 42;
  } catch {
    return false;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : 'no error';
}
