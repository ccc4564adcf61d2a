// What must not compile, does not: every line behind `@ts-expect-error` is checked by the compiler.
import { type HubConnection, HubConnectionBuilder, type HubContract } from '@signalite/client';
import { defineMethods, Hub, type HubMethods } from '@signalite/server';
import { expect, expectTypeOf, test } from 'vitest';

/** The interface of a hub, as its server declares it. */
interface FeatureContract {
  server: {
    echo(value: unknown): unknown;
    add(a: number, b: number): number;
    later(text: string): Promise<string>;
    nothing(): void;
    count(to: number): AsyncIterable<number>;
    generate(): AsyncGenerator<{ id: string }>;
    soon(): Promise<AsyncIterable<Date>>;
    sum(items: AsyncIterable<number>): number;
    weave(first: AsyncIterable<string>, middle: number, last: AsyncIterable<number>): string;
    pipe(items: AsyncIterable<number>): AsyncIterable<string>;
    readonly version: string;
  };
  client: {
    got(text: string): void;
    answer(question: string): string;
    later(count: number): Promise<number>;
  };
}

interface SumContract {
  server: { sum(items: AsyncIterable<number>): number; count(to: number): AsyncIterable<number> };
  client: { got(text: string): void };
}

/** A hub of the server SDK with the contract that the client is given too. */
export class SumHub extends Hub<SumContract> implements HubMethods<SumContract> {
  static readonly methods = defineMethods<SumHub>({ sum: { streams: [0] } });

  async sum(items: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  }

  async *count(to: number): AsyncGenerator<number> {
    yield to;
  }
}

type Feature = HubConnection<FeatureContract>;

async function* numbers(): AsyncGenerator<number> {
  yield 1;
}

const build = <C extends HubContract>() => new HubConnectionBuilder<C>().withUrl('http://localhost/hub').build();

test('the contract of the server SDK is the contract of the client', () => {
  const hub = build<SumContract>();
  expectTypeOf(hub.invoke<never, 'sum'>).returns.resolves.toEqualTypeOf<number>();
  expectTypeOf(hub.stream<never, 'count'>).returns.toEqualTypeOf<AsyncIterableIterator<number>>();
  expect(SumHub.methods).toHaveProperty('sum');
});

/** Never called: the compiler reads it. */
export async function accepted(hub: Feature, upload: ReadableStream<number>): Promise<void> {
  expectTypeOf(hub.invoke('add', 1, 2)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(hub.invoke('later', 'x')).toEqualTypeOf<Promise<string>>();
  expectTypeOf(hub.invoke('nothing')).toEqualTypeOf<Promise<void>>();
  expectTypeOf(hub.invoke('echo', 1)).toEqualTypeOf<Promise<unknown>>();
  expectTypeOf(hub.invoke('sum', numbers())).toEqualTypeOf<Promise<number>>();
  expectTypeOf(hub.invoke('sum', upload)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(hub.invoke('sum', hub.stream('count', 1))).toEqualTypeOf<Promise<number>>();
  expectTypeOf(hub.send('add', 1, 2)).toEqualTypeOf<Promise<void>>();
  for await (const item of hub.stream('count', 5)) expectTypeOf(item).toEqualTypeOf<number>();
  for await (const item of hub.stream('generate')) expectTypeOf(item).toEqualTypeOf<{ id: string }>();
  for await (const item of hub.stream('soon')) expectTypeOf(item).toEqualTypeOf<Date>();
  for await (const item of hub.stream('pipe', numbers())) expectTypeOf(item).toEqualTypeOf<string>();
  const bound = hub.with({ signal: AbortSignal.timeout(1) });
  expectTypeOf(bound.invoke('add', 1, 2)).toEqualTypeOf<Promise<number>>();

  hub.on('got', (text) => expectTypeOf(text).toEqualTypeOf<string>());
  const seen: string[] = [];
  hub.on('got', (text) => seen.push(text));
  hub.on('got', async () => {});
  hub.on('answer', (question) => `${question}!`);
  hub.on('answer', async (question) => `${question}!`);
  hub.on('later', (count) => count + 1);
  hub.off('got');
  hub.onclose((error?: Error) => seen.push(`${error}`));
  hub.onreconnected((id?: string) => seen.push(`${id}`));
}

/** Never called: the compiler reads it. */
export async function refused(hub: Feature, words: AsyncIterable<string>): Promise<void> {
  // @ts-expect-error there is no such method
  await hub.invoke('ad', 1, 2);
  // @ts-expect-error an argument is missing
  await hub.invoke('add', 1);
  // @ts-expect-error an argument is of the wrong type
  await hub.invoke('add', 1, '2');
  // @ts-expect-error an argument is too much
  await hub.invoke('add', 1, 2, 3);
  // @ts-expect-error the result is no string
  const text: string = await hub.invoke('add', 1, 2);
  // @ts-expect-error with a contract, the result has the type it has
  await hub.invoke<string>('add', 1, 2);
  // @ts-expect-error it gives a stream: call it with stream()
  await hub.invoke('count', 5);
  // @ts-expect-error it gives a stream: call it with stream()
  await hub.invoke('soon');
  // @ts-expect-error it gives a stream: call it with stream()
  await hub.send('count', 5);
  // @ts-expect-error it gives no stream
  hub.stream('add', 1, 2);
  // @ts-expect-error it is no method
  await hub.invoke('version');
  // @ts-expect-error an array is no stream
  await hub.invoke('sum', [1, 2]);
  // @ts-expect-error the stream has items of the wrong type
  await hub.invoke('sum', words);
  // @ts-expect-error the streams are in the wrong order
  await hub.invoke('weave', numbers(), 5, words);
  // @ts-expect-error there is no such method
  hub.with({}).stream('coun', 5);
  // @ts-expect-error the hub never calls this
  hub.on('gott', () => {});
  // @ts-expect-error the handler takes something else
  hub.on('got', (count: number) => count);
  // @ts-expect-error the hub wants a string
  hub.on('answer', () => 5);
  // @ts-expect-error the hub wants an answer
  hub.on('answer', () => {});
  // @ts-expect-error the hub wants a string, later too
  hub.on('answer', async () => 5);
  // @ts-expect-error the hub wants a number
  hub.on('later', () => 'x');
  // @ts-expect-error the hub never calls this
  hub.off('gott');
  expectTypeOf(text).toBeString();
}

/** Never called: without a contract everything goes. */
export async function untyped(hub: HubConnection): Promise<void> {
  expectTypeOf(hub.invoke('anything', 1, 'x')).toEqualTypeOf<Promise<unknown>>();
  expectTypeOf(hub.invoke<number>('add', 1, 2)).toEqualTypeOf<Promise<number>>();
  for await (const item of hub.stream('count', 5)) expectTypeOf(item).toEqualTypeOf<unknown>();
  for await (const item of hub.stream<number>('count', 5)) expectTypeOf(item).toEqualTypeOf<number>();
  await hub.send('say', numbers());
  hub.on('got', (text, count) => String(text).repeat(Number(count)));
  hub.off('got');
}

/** A contract without methods allows none. */
export function empty(hub: HubConnection<{ server: object; client: object }>): void {
  // @ts-expect-error there is no method
  void hub.invoke('anything');
  // @ts-expect-error there is no method
  hub.on('anything', () => {});
}

test('without a contract a handler says itself what it takes', () => {
  const hub = new HubConnectionBuilder().withUrl('http://localhost/').build();
  hub.on('said', (text: string, count: number) => text.repeat(count));
  hub.on('said', () => undefined);
  hub.off('said');
  expect(hub.state).toBe('Disconnected');
});
