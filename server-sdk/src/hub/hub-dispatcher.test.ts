import { describe, expect, test } from 'vitest';
import { HubHarness, type ProtocolName, settled } from '../../test/support/hub-harness.ts';
import { HubException } from '../errors.ts';
import type { HubOptions } from '../options.ts';
import { Hub } from './hub.ts';
import { defineMethods } from './method-options.ts';
import type { StandardSchema } from './standard-schema.ts';

const PROTOCOLS: readonly ProtocolName[] = ['json', 'messagepack'];

/** Accepts one number, and doubles it. */
const numbers: StandardSchema<unknown, [number]> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => {
      const [first] = Array.isArray(value) && value.length === 1 ? value : [];
      return typeof first === 'number'
        ? { value: [2 * first] }
        : { issues: [{ message: 'expected a number', path: [0] }] };
    },
  },
};

const oneNumber: StandardSchema<unknown, number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) => (typeof value === 'number' ? { value } : { issues: [{ message: 'expected a number' }] }),
  },
};

class InvalidOperation extends Error {
  override readonly name = 'InvalidOperation';
}

class TestHub extends Hub {
  static readonly methods = defineMethods<TestHub>({
    bound: { schema: numbers },
    secret: { authorize: () => false },
    failingGuard: { authorize: () => Promise.reject(new Error('the guard failed')) },
    allowed: { authorize: async ({ connectionId }) => connectionId === 'client1' },
    bounded: {
      schema: numbers,
      authorize: (_context, { hubMethodName, arguments: [n] }) => n === 4 && hubMethodName === 'bounded',
    },
    streamNull: { returns: 'stream' },
    declaredValue: { returns: 'value' },
    sum: { streams: [{ position: 0, schema: oneNumber }] },
    two: { streams: [0, 2] },
    optional: { argumentCount: 2 },
    renamed: { name: 'NewName' },
  });

  echo(value: unknown): unknown {
    return value;
  }

  async add(a: number, b: number): Promise<number> {
    return a + b;
  }

  nothing(): void {}

  throws(): void {
    throw new InvalidOperation('m');
  }

  async rejects(): Promise<void> {
    throw new InvalidOperation('m');
  }

  throwsHubException(): void {
    throw new HubException('m');
  }

  throwsText(): void {
    throw 'a text';
  }

  circular(): unknown {
    const self: Record<string, unknown> = {};
    self['self'] = self;
    return self;
  }

  bound(a: number): number {
    return a;
  }

  bounded(a: number): number {
    return a;
  }

  secret(): string {
    return 'x';
  }

  failingGuard(): string {
    return 'x';
  }

  allowed(): string {
    return 'yes';
  }

  async *stream(to: number): AsyncGenerator<number> {
    for (let index = 0; index < to; index++) yield index;
  }

  promisedStream(to: number): Promise<AsyncIterable<number>> {
    return Promise.resolve(this.stream(to));
  }

  webStream(): ReadableStream<string> {
    return new ReadableStream({
      start(controller) {
        controller.enqueue('a');
        controller.enqueue('b');
        controller.close();
      },
    });
  }

  streamNull(): AsyncIterable<number> | null {
    return null;
  }

  declaredValue(): number {
    return 1;
  }

  async *breaks(): AsyncGenerator<number> {
    yield 1;
    throw new InvalidOperation('ran out');
  }

  async *breaksLoudly(): AsyncGenerator<number> {
    yield 1;
    throw new HubException('ran out');
  }

  throwsBeforeStream(): AsyncIterable<number> {
    throw new InvalidOperation('m');
  }

  async sum(items: AsyncIterable<number>): Promise<number> {
    let sum = 0;
    for await (const item of items) sum += item;
    return sum;
  }

  async two(texts: AsyncIterable<string>, k: number, numbersToAdd: AsyncIterable<number>): Promise<string> {
    let text = '';
    for await (const item of texts) text += item;
    for await (const item of numbersToAdd) text += item;
    return `${text}${k}`;
  }

  async undeclared(k: number, items: AsyncIterable<number>): Promise<number> {
    let sum = k;
    for await (const item of items) sum += item;
    return sum;
  }

  optional(a: string, b = 'b'): string {
    return a + b;
  }

  renamed(): string {
    return 'renamed';
  }

  _hidden(): string {
    return 'x';
  }

  get accessor(): string {
    return 'x';
  }

  readonly field = () => 'x';

  override toString(): string {
    return 'x';
  }
}

const FAILED = "Failed to invoke 'T' due to an error on the server.";
const UNEXPECTED = "An unexpected error occurred invoking 'T' on the server.";
const COUNT = 'InvalidDataException: Invocation provides';
const BINDING =
  'InvalidDataException: Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.';

/** How it is called, the plain text, and what detailed errors add. `T` stands for the target as the client wrote it. */
interface Row {
  readonly kind?: 1 | 4;
  readonly target: string;
  readonly args?: readonly unknown[];
  readonly error: string;
  readonly detail?: string;
}

const ROWS: Readonly<Record<string, Row>> = {
  'unknown method': { target: 'Nope', error: `${FAILED} HubException: Method does not exist.` },
  'unknown method, stream': { kind: 4, target: 'Nope', error: `${FAILED} HubException: Method does not exist.` },
  'too few arguments': {
    target: 'Add',
    args: [1],
    error: FAILED,
    detail: `${COUNT} 1 argument(s) but target expects 2.`,
  },
  'too many arguments': {
    target: 'echo',
    args: [1, 2],
    error: FAILED,
    detail: `${COUNT} 2 argument(s) but target expects 1.`,
  },
  'declared count': {
    target: 'optional',
    args: ['a'],
    error: FAILED,
    detail: `${COUNT} 1 argument(s) but target expects 2.`,
  },
  'schema refuses': { target: 'bound', args: ['x'], error: FAILED, detail: `${BINDING} 0: expected a number` },
  'not authorised': { target: 'Secret', error: "Failed to invoke 'T' because user is unauthorized" },
  'not authorised with this argument': {
    target: 'bounded',
    args: [3],
    error: "Failed to invoke 'T' because user is unauthorized",
  },
  'the guard fails': { target: 'failingGuard', error: UNEXPECTED, detail: 'Error: the guard failed' },
  throws: { target: 'Throws', error: UNEXPECTED, detail: 'InvalidOperation: m' },
  rejects: { target: 'rejects', error: UNEXPECTED, detail: 'InvalidOperation: m' },
  'throws HubException': { target: 'throwsHubException', error: `${UNEXPECTED} HubException: m` },
  'throws no error': { target: 'throwsText', error: UNEXPECTED, detail: 'a text' },
  'stream method invoked': {
    target: 'Stream',
    args: [1],
    error: "The client attempted to invoke the streaming 'T' method with a non-streaming invocation.",
  },
  'stream method that only its result gives away': {
    target: 'promisedStream',
    args: [1],
    error: "The client attempted to invoke the streaming 'T' method with a non-streaming invocation.",
  },
  'plain method streamed': {
    kind: 4,
    target: 'Add',
    args: [1, 2],
    error: "The client attempted to invoke the non-streaming 'T' method with a streaming invocation.",
  },
  'declared value streamed': {
    kind: 4,
    target: 'declaredValue',
    error: "The client attempted to invoke the non-streaming 'T' method with a streaming invocation.",
  },
  'stream method gives null': {
    kind: 4,
    target: 'StreamNull',
    error: "The value returned by the streaming method 'T' is not a ChannelReader<> or IAsyncEnumerable<>.",
  },
  'throws before the stream': {
    kind: 4,
    target: 'throwsBeforeStream',
    error: UNEXPECTED,
    detail: 'InvalidOperation: m',
  },
  'no stream where one is expected': {
    target: 'Sum',
    error: `${UNEXPECTED} HubException: Client sent 0 stream(s), Hub method expects 1.`,
  },
  constructor: { target: 'constructor', error: `${FAILED} HubException: Method does not exist.` },
  toString: { target: 'toString', error: `${FAILED} HubException: Method does not exist.` },
  __proto__: { target: '__proto__', error: `${FAILED} HubException: Method does not exist.` },
  hasOwnProperty: { target: 'hasOwnProperty', args: ['x'], error: `${FAILED} HubException: Method does not exist.` },
  onConnected: { target: 'onConnected', error: `${FAILED} HubException: Method does not exist.` },
  OnDisconnected: { target: 'OnDisconnected', error: `${FAILED} HubException: Method does not exist.` },
  clients: { target: 'clients', error: `${FAILED} HubException: Method does not exist.` },
  'a name with _': { target: '_hidden', error: `${FAILED} HubException: Method does not exist.` },
  'an accessor': { target: 'accessor', error: `${FAILED} HubException: Method does not exist.` },
  'a function in a field': { target: 'field', error: `${FAILED} HubException: Method does not exist.` },
  'the name that was replaced': { target: 'renamed', error: `${FAILED} HubException: Method does not exist.` },
};

async function answerTo(row: Row, protocol: ProtocolName, options: HubOptions): Promise<unknown> {
  const harness = new HubHarness(TestHub, options);
  const client = harness.connect(protocol);
  const { kind = 1, target, args = [] } = row;
  client.say({ type: kind, invocationId: '7', target, arguments: args });
  await settled();
  expect(harness.core.clients.find(client.connectionId)).toBeDefined();
  return client.heard();
}

describe.each(PROTOCOLS)('errors of invocations, %s', (protocol) => {
  test.each(Object.entries(ROWS))('%s', async (_name, row) => {
    const error = row.error.replace("'T'", `'${row.target}'`);
    expect(await answerTo(row, protocol, {})).toEqual([{ type: 3, invocationId: '7', error }]);
  });

  test.each(Object.entries(ROWS))('%s, in detail', async (_name, row) => {
    const plain = row.error.replace("'T'", `'${row.target}'`);
    const error = row.detail === undefined ? plain : `${plain} ${row.detail}`;
    expect(await answerTo(row, protocol, { enableDetailedErrors: true })).toEqual([
      { type: 3, invocationId: '7', error },
    ]);
  });

  test('a stream that breaks gives its items first', async () => {
    const row = { kind: 4, target: 'breaks' } as const;
    const text = 'An error occurred on the server while streaming results.';
    const item = { type: 2, invocationId: '7', item: 1 };
    expect(await answerTo({ ...row, error: '' }, protocol, {})).toEqual([
      item,
      { type: 3, invocationId: '7', error: text },
    ]);
    expect(await answerTo({ ...row, error: '' }, protocol, { enableDetailedErrors: true })).toEqual([
      item,
      { type: 3, invocationId: '7', error: `${text} InvalidOperation: ran out` },
    ]);
    expect(await answerTo({ kind: 4, target: 'breaksLoudly', error: '' }, protocol, {})).toEqual([
      item,
      { type: 3, invocationId: '7', error: `${text} HubException: ran out` },
    ]);
  });

  test('a result that cannot be written is an error of the method', async () => {
    const [answer] = (await answerTo({ target: 'circular', error: '' }, protocol, {})) as { error?: string }[];
    expect(answer?.error).toBe("An unexpected error occurred invoking 'circular' on the server.");
  });

  test('nobody is answered who gave no id', async () => {
    const client = new HubHarness(TestHub).connect(protocol);
    client.say({ type: 1, target: 'throws', arguments: [] }, { type: 1, target: 'Nope', arguments: [] });
    client.say({ type: 1, target: 'echo', arguments: [1] }, { type: 1, target: 'add', arguments: [] });
    await settled();
    expect(client.heard()).toEqual([]);
  });
});

describe.each(PROTOCOLS)('results, %s', (protocol) => {
  test.each([
    ['a value at once', 'echo', [{ a: [1, 'x', null] }], { a: [1, 'x', null] }],
    ['a promised value', 'ADD', [1, 2], 3],
    ['null for nothing', 'nothing', [], null],
    ['null for null', 'echo', [null], null],
    ['what the schema made of the arguments', 'bound', [2], 4],
    ['of a method that the guard lets through', 'allowed', [], 'yes'],
    ['of a method whose guard likes what the schema made', 'bounded', [2], 4],
    ['an argument more than the function counts', 'optional', ['a', 'c'], 'ac'],
    ['of a method by its other name', 'newname', [], 'renamed'],
  ])('%s', async (_name, target, args, result) => {
    const client = new HubHarness(TestHub).connect(protocol);
    client.invoke(target, args);
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result }]);
  });

  test.each([
    ['of an async generator', 'stream', [3], [0, 1, 2]],
    ['of a promise', 'promisedStream', [2], [0, 1]],
    ['of a web stream', 'webStream', [], ['a', 'b']],
    ['without items', 'stream', [0], []],
  ])('a stream %s', async (_name, target, args, items) => {
    const client = new HubHarness(TestHub).connect(protocol);
    client.say({ type: 4, invocationId: '1', target, arguments: args });
    await settled();
    await settled();
    expect(client.heard()).toEqual([
      ...items.map((item) => ({ type: 2, invocationId: '1', item })),
      { type: 3, invocationId: '1' },
    ]);
  });
});

describe.each(PROTOCOLS)('streams from the client, %s', (protocol) => {
  function ask(target: string, args: readonly unknown[], streamIds: readonly string[]) {
    const harness = new HubHarness(TestHub);
    const client = harness.connect(protocol);
    client.say({ type: 1, invocationId: '1', target, arguments: args, streamIds });
    return { harness, client };
  }

  test('upload', async () => {
    const { client } = ask('Sum', [], ['s']);
    client.say({ type: 2, invocationId: 's', item: 1 }, { type: 2, invocationId: 's', item: 2 });
    client.say({ type: 3, invocationId: 's' });
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 3 }]);
  });

  test('two uploads and an argument between them', async () => {
    const { client } = ask('Two', [5], ['a', 'b']);
    client.say({ type: 2, invocationId: 'b', item: 1 }, { type: 2, invocationId: 'a', item: 'x' });
    client.say({ type: 3, invocationId: 'a' }, { type: 3, invocationId: 'b' });
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'x15' }]);
  });

  test('streams that were not declared are the last parameters', async () => {
    const { client } = ask('undeclared', [10], ['s']);
    client.say({ type: 2, invocationId: 's', item: 1 }, { type: 3, invocationId: 's' });
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 11 }]);
  });

  test.each([
    ['Two', [5], ['a'], 'Client sent 1 stream(s), Hub method expects 2.'],
    ['Sum', [], ['a', 'b'], 'Client sent 2 stream(s), Hub method expects 1.'],
    ['nothing', [], ['a'], 'Client sent 1 stream(s), Hub method expects 0.'],
  ])('%s with the wrong number of streams', async (target, args, ids, text) => {
    const { client } = ask(target, args, ids);
    await settled();
    const error = `An unexpected error occurred invoking '${target}' on the server. HubException: ${text}`;
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', error }]);
  });

  test('the client breaks off', async () => {
    const { client } = ask('Sum', [], ['s']);
    client.say({ type: 2, invocationId: 's', item: 1 }, { type: 3, invocationId: 's', error: 'client err' });
    await settled();
    const error = "An unexpected error occurred invoking 'Sum' on the server. HubException: client err";
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', error }]);
  });

  test('an item that cannot be bound', async () => {
    const { client } = ask('Sum', [], ['s']);
    client.say({ type: 2, invocationId: 's', item: 'one' });
    await settled();
    const error =
      "An unexpected error occurred invoking 'Sum' on the server. HubException: Failed to bind Stream message.";
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', error }]);
  });

  test('items, ends and cancellations of ids that nobody knows are ignored', async () => {
    const client = new HubHarness(TestHub).connect(protocol);
    client.say({ type: 2, invocationId: 'x', item: 1 }, { type: 3, invocationId: 'x' }, { type: 5, invocationId: 'x' });
    client.invoke('echo', ['on']);
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'on' }]);
  });
});
