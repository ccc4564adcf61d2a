import { defineMethods, Hub, HubException, type HubMethods } from '@signalite/server';

/** Everything that passes between a client and a hub, one method each. */
export interface FeatureContract {
  server: {
    echo(value: unknown): unknown;
    add(a: number, b: number): number;
    nothing(): void;
    failLoudly(): void;
    who(): string;
    sendCaller(text: string): void;
    sendMany(count: number): void;
    count(to: number): AsyncIterable<number>;
    breakAfter(items: number): AsyncIterable<number>;
    forever(): AsyncIterable<number>;
    cancelled(): number;
    sum(items: AsyncIterable<number>): number;
    weave(first: AsyncIterable<string>, middle: number, last: AsyncIterable<number>): string;
    double(items: AsyncIterable<number>): AsyncIterable<number>;
    collect(items: AsyncIterable<number>): void;
    collected(): string;
    ask(connectionId: string, question: string): string;
    leaveMe(): void;
  };
  client: {
    welcome(): void;
    got(text: string): void;
    numbered(index: number): void;
    answer(question: string): string;
  };
}

let cancelledStreams = 0;
const collections = new Map<string, string>();

export class FeatureHub extends Hub<FeatureContract> implements HubMethods<FeatureContract> {
  static readonly methods = defineMethods<FeatureHub>({
    sum: { streams: [0] },
    weave: { streams: [0, 2] },
    double: { streams: [0] },
    collect: { streams: [0] },
  });

  override async onConnected(): Promise<void> {
    await this.clients.caller.send('welcome');
  }

  echo(value: unknown): unknown {
    return value;
  }

  add(a: number, b: number): number {
    return a + b;
  }

  nothing(): void {}

  failLoudly(): void {
    throw new HubException('out loud');
  }

  who(): string {
    return this.context.connectionId;
  }

  sendCaller(text: string): Promise<void> {
    return this.clients.caller.send('got', text);
  }

  async sendMany(count: number): Promise<void> {
    for (let index = 0; index < count; index++) await this.clients.caller.send('numbered', index);
  }

  async *count(to: number): AsyncGenerator<number> {
    for (let index = 0; index < to; index++) yield index;
  }

  async *breakAfter(items: number): AsyncGenerator<number> {
    for (let index = 0; index < items; index++) yield index;
    throw new HubException('broken');
  }

  async *forever(): AsyncGenerator<number> {
    try {
      for (let index = 0; ; index++) {
        yield index;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      cancelledStreams += 1;
    }
  }

  cancelled(): number {
    return cancelledStreams;
  }

  async sum(items: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  }

  async weave(first: AsyncIterable<string>, middle: number, last: AsyncIterable<number>): Promise<string> {
    const parts: unknown[] = [];
    for await (const item of first) parts.push(item);
    for await (const item of last) parts.push(item);
    return [...parts, middle].join(',');
  }

  async *double(items: AsyncIterable<number>): AsyncGenerator<number> {
    for await (const item of items) yield 2 * item;
  }

  async collect(items: AsyncIterable<number>): Promise<void> {
    const got: unknown[] = [];
    try {
      for await (const item of items) got.push(item);
      got.push('end');
    } catch (error) {
      got.push(error instanceof Error ? error.message : error);
    }
    collections.set(this.context.connectionId, got.join());
  }

  collected(): string {
    return collections.get(this.context.connectionId) ?? '';
  }

  ask(connectionId: string, question: string): Promise<string> {
    return this.clients.client(connectionId).invoke('answer', question);
  }

  leaveMe(): void {
    this.context.abort();
  }
}
