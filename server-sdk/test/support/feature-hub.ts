import { defineMethods, Hub, HubException, type HubMethods } from '@signalite/server';

/** Everything that a hub can do, one method each. */
export interface FeatureContract {
  server: {
    echo(value: unknown): unknown;
    add(a: number, b: number): number;
    nothing(): void;
    fail(): void;
    failLoudly(): void;
    who(): { connectionId: string; user: string | null; path: string; query: string | null };
    join(group: string): void;
    leave(group: string): void;
    sendAll(text: string): void;
    sendAllExcept(ids: string[], text: string): void;
    sendCaller(text: string): void;
    sendOthers(text: string): void;
    sendClient(id: string, text: string): void;
    sendClients(ids: string[], text: string): void;
    sendGroup(group: string, text: string): void;
    sendGroups(groups: string[], text: string): void;
    sendGroupExcept(group: string, ids: string[], text: string): void;
    sendOthersInGroup(group: string, text: string): void;
    sendUser(user: string, text: string): void;
    sendUsers(users: string[], text: string): void;
    sendMany(count: number): void;
    count(to: number): AsyncIterable<number>;
    breakAfter(items: number): AsyncIterable<number>;
    forever(): AsyncIterable<number>;
    cancelled(): number;
    sum(items: AsyncIterable<number>): number;
    weave(first: AsyncIterable<string>, middle: number, last: AsyncIterable<number>): string;
    ask(connectionId: string, question: string): string;
    leaveMe(): void;
  };
  client: {
    got(text: string): void;
    numbered(index: number): void;
    answer(question: string): string;
  };
}

let cancelledStreams = 0;

export class FeatureHub extends Hub<FeatureContract> implements HubMethods<FeatureContract> {
  static readonly methods = defineMethods<FeatureHub>({ sum: { streams: [0] }, weave: { streams: [0, 2] } });

  override async onConnected(): Promise<void> {
    const group = this.context.httpRequest.query.get('group');
    if (group !== null) await this.groups.add(this.context.connectionId, group);
  }

  echo(value: unknown): unknown {
    return value;
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

  who() {
    const { connectionId, userIdentifier, httpRequest } = this.context;
    return { connectionId, user: userIdentifier ?? null, path: httpRequest.path, query: httpRequest.query.get('tag') };
  }

  async join(group: string): Promise<void> {
    await this.groups.add(this.context.connectionId, group);
  }

  async leave(group: string): Promise<void> {
    await this.groups.remove(this.context.connectionId, group);
  }

  sendAll(text: string): Promise<void> {
    return this.clients.all.send('got', text);
  }

  sendAllExcept(ids: string[], text: string): Promise<void> {
    return this.clients.allExcept(ids).send('got', text);
  }

  sendCaller(text: string): Promise<void> {
    return this.clients.caller.send('got', text);
  }

  sendOthers(text: string): Promise<void> {
    return this.clients.others.send('got', text);
  }

  sendClient(id: string, text: string): Promise<void> {
    return this.clients.client(id).send('got', text);
  }

  sendClients(ids: string[], text: string): Promise<void> {
    return this.clients.clients(ids).send('got', text);
  }

  sendGroup(group: string, text: string): Promise<void> {
    return this.clients.group(group).send('got', text);
  }

  sendGroups(groups: string[], text: string): Promise<void> {
    return this.clients.groups(groups).send('got', text);
  }

  sendGroupExcept(group: string, ids: string[], text: string): Promise<void> {
    return this.clients.groupExcept(group, ids).send('got', text);
  }

  sendOthersInGroup(group: string, text: string): Promise<void> {
    return this.clients.othersInGroup(group).send('got', text);
  }

  sendUser(user: string, text: string): Promise<void> {
    return this.clients.user(user).send('got', text);
  }

  sendUsers(users: string[], text: string): Promise<void> {
    return this.clients.users(users).send('got', text);
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

  ask(connectionId: string, question: string): Promise<string> {
    return this.clients.client(connectionId).invoke('answer', question);
  }

  leaveMe(): void {
    this.context.abort();
  }
}
