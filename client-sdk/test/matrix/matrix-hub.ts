import { defineMethods, Hub, HubException, type HubMethods } from '@signalite/server';
import { z } from 'zod';

/** What clients of the matrix call. `kestrel-hub/MatrixHub.cs` is the same hub in C#. */
export interface MatrixContract {
  server: {
    echo(text: string): string;
    add(a: number, b: number): number;
    nothing(): void;
    fail(): void;
    failLoudly(): void;
    who(): string;
    isMe(connectionId: string): boolean;
    note(index: number): void;
    noted(): string;
    wait(): void;
    join(group: string): void;
    leave(group: string): void;
    sendTo(target: string, names: string[], text: string): void;
    sendMany(count: number): void;
    count(to: number): AsyncIterable<number>;
    breakAfter(items: number): AsyncIterable<number>;
    forever(watcher: string): AsyncIterable<number>;
    leaveAfter(items: number): AsyncIterable<number>;
    sum(items: AsyncIterable<number>): number;
    first(items: AsyncIterable<number>): number;
    report(items: AsyncIterable<number>, watcher: string): void;
    joined(items: AsyncIterable<string>): string;
    weave(first: AsyncIterable<string>, middle: number, last: AsyncIterable<number>): string;
    twice(items: AsyncIterable<number>): AsyncIterable<number>;
    ask(user: string, question: string): string;
    leaveMe(farewell: string): void;
  };
  client: {
    got(text: string): void;
    numbered(index: number): void;
    answer(question: string): string;
  };
}

/** Is told who has left. */
export const WATCHER = 'watcher';

/** Connection ids by user: observations name people, not ids. */
const ids = new Map<string, string>();

type Send = (hub: MatrixHub, names: readonly string[], text: string) => Promise<void>;

const idsOf = (names: readonly string[]) => names.map((name) => ids.get(name) ?? name);

/** Every way to address clients. */
const SENDS: Readonly<Record<string, Send>> = {
  all: (hub, _names, text) => hub.clients.all.send('got', text),
  allExcept: (hub, names, text) => hub.clients.allExcept(idsOf(names)).send('got', text),
  caller: (hub, _names, text) => hub.clients.caller.send('got', text),
  others: (hub, _names, text) => hub.clients.others.send('got', text),
  client: (hub, names, text) => hub.clients.client(idsOf(names)[0] ?? '').send('got', text),
  clients: (hub, names, text) => hub.clients.clients(idsOf(names)).send('got', text),
  group: (hub, names, text) => hub.clients.group(names[0] ?? '').send('got', text),
  groups: (hub, names, text) => hub.clients.groups([...names]).send('got', text),
  groupExcept: (hub, [group = '', ...names], text) => hub.clients.groupExcept(group, idsOf(names)).send('got', text),
  othersInGroup: (hub, names, text) => hub.clients.othersInGroup(names[0] ?? '').send('got', text),
  user: (hub, names, text) => hub.clients.user(names[0] ?? '').send('got', text),
  users: (hub, names, text) => hub.clients.users([...names]).send('got', text),
};

export class MatrixHub extends Hub<MatrixContract> implements HubMethods<MatrixContract> {
  static readonly methods = defineMethods<MatrixHub>({
    // C# checks types of arguments by itself.
    add: { schema: z.tuple([z.number(), z.number()]) },
    sum: { streams: [0] },
    first: { streams: [0] },
    report: { streams: [0] },
    joined: { streams: [0] },
    weave: { streams: [0, 2] },
    twice: { streams: [0] },
  });

  override onConnected(): void {
    ids.set(this.context.userIdentifier ?? '', this.context.connectionId);
  }

  override async onDisconnected(error?: Error): Promise<void> {
    const how = error === undefined ? 'in order' : `with an error: ${error.message}`;
    await this.clients.user(WATCHER).send('got', `${this.context.userIdentifier} has left ${how}`);
  }

  echo(text: string): string {
    return text;
  }

  add(a: number, b: number): number {
    return a + b;
  }

  nothing(): void {}

  fail(): void {
    throw new Error('secret');
  }

  failLoudly(): void {
    throw new HubException('out loud');
  }

  who(): string {
    return this.context.userIdentifier ?? 'nobody';
  }

  isMe(connectionId: string): boolean {
    return this.context.connectionId === connectionId;
  }

  note(index: number): void {
    this.context.items.set('noted', [...this.#notes, index]);
  }

  noted(): string {
    return this.#notes.join(',');
  }

  get #notes(): number[] {
    const notes = this.context.items.get('noted');
    return Array.isArray(notes) ? notes : [];
  }

  /** Ends with the connection. */
  wait(): Promise<void> {
    const { aborted } = this.context;
    return new Promise((resolve) => aborted.addEventListener('abort', () => resolve(), { once: true }));
  }

  async join(group: string): Promise<void> {
    await this.groups.add(this.context.connectionId, group);
  }

  async leave(group: string): Promise<void> {
    await this.groups.remove(this.context.connectionId, group);
  }

  async sendTo(target: string, names: string[], text: string): Promise<void> {
    await SENDS[target]?.(this, names, text);
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

  async *forever(watcher: string): AsyncGenerator<number> {
    try {
      for (let index = 0; ; index++) {
        yield index;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      await this.clients.user(watcher).send('got', 'forever is over');
    }
  }

  async *leaveAfter(items: number): AsyncGenerator<number> {
    for (let index = 0; index < items; index++) yield index;
    this.context.abort();
  }

  async sum(items: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  }

  /** Takes no more than it needs. */
  async first(items: AsyncIterable<number>): Promise<number> {
    for await (const item of items) return item;
    throw new HubException('no item');
  }

  /** Tells a user of each item, and of the end. */
  async report(items: AsyncIterable<number>, watcher: string): Promise<void> {
    const reader = this.clients.user(watcher);
    let end = 'breaks off';
    try {
      for await (const item of items) await reader.send('got', `item ${item}`);
      end = 'is complete';
    } finally {
      await reader.send('got', `the upload ${end}`);
    }
  }

  async joined(items: AsyncIterable<string>): Promise<string> {
    let text = '';
    for await (const item of items) text += item;
    return text;
  }

  async weave(first: AsyncIterable<string>, middle: number, last: AsyncIterable<number>): Promise<string> {
    const parts: unknown[] = [];
    for await (const item of first) parts.push(item);
    for await (const item of last) parts.push(item);
    return [...parts, middle].join(',');
  }

  async *twice(items: AsyncIterable<number>): AsyncGenerator<number> {
    for await (const item of items) yield item * 2;
  }

  ask(user: string, question: string): Promise<string> {
    return this.clients.client(ids.get(user) ?? user).invoke('answer', question);
  }

  async leaveMe(farewell: string): Promise<void> {
    await this.clients.caller.send('got', farewell);
    this.context.abort();
  }
}
