import { DataMessageType } from '@signalite/protocol/service';
import { beforeEach, describe, expect, test } from 'vitest';
import { Gate } from '../../test/support/gate.ts';
import { HubHarness, settled } from '../../test/support/hub-harness.ts';
import { HubException } from '../errors.ts';
import { Hub } from '../hub/hub.ts';

let log: string[] = [];
let connecting: Gate | undefined;
let working: Gate | undefined;
let disconnectError: Error | undefined;

beforeEach(() => {
  log = [];
  connecting = undefined;
  working = undefined;
  disconnectError = undefined;
});

class LifeHub extends Hub {
  readonly instance = log.push('new') - 1;

  override async onConnected(): Promise<void> {
    log.push('connected');
    await connecting?.opened;
    if (this.context.items.get('abort') === true) this.context.abort();
  }

  override onDisconnected(error?: Error): void {
    log.push(`disconnected ${this.context.aborted.aborted}`);
    disconnectError = error;
  }

  echo(value: unknown): unknown {
    log.push(`echo ${String(value)}`);
    return value;
  }

  async work(): Promise<string> {
    log.push('work starts');
    await working?.opened;
    log.push('work ends');
    return 'done';
  }

  async watch(): Promise<void> {
    const { aborted } = this.context;
    await new Promise((resolve) => aborted.addEventListener('abort', resolve, { once: true }));
    log.push('saw the abort');
  }

  abort(): string {
    this.context.abort();
    return 'aborted';
  }

  remember(): number {
    const count = Number(this.context.items.get('count') ?? 0) + 1;
    this.context.items.set('count', count);
    return count;
  }

  async *forever(): AsyncGenerator<number> {
    try {
      const { signal } = this;
      yield 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    } finally {
      log.push('stream ended');
    }
  }
}

class RefusingHub extends Hub {
  override onConnected(): void {
    throw new Error('not you');
  }

  override onDisconnected(): void {
    log.push('disconnected');
  }
}

describe('the hub handshake', () => {
  const refusals = [
    ['{"protocol":"xml","version":1}\x1e', "The protocol 'xml' is not supported."],
    ['{"protocol":"json","version":3}\x1e', "The server does not support version 3 of the 'json' protocol."],
    ['{"version":1}\x1e', 'An unexpected error occurred during connection handshake.'],
    ['[]\x1e', 'An unexpected error occurred during connection handshake.'],
    [`{"protocol":"json","version":1,"x":"${'x'.repeat(40_000)}"}\x1e`, 'Handshake was canceled.'],
    ['x'.repeat(40_000), 'Handshake was canceled.'],
  ] as const;

  test.each(refusals)('%.40s is refused', (request, error) => {
    const harness = new HubHarness(LifeHub);
    const client = harness.open();
    client.sayText(request);
    expect(client.handshakeResponse()).toBe(`${JSON.stringify({ error })}\x1e`);
    expect(client.closings()).toMatchObject([{ error: '' }]);
    expect(log).toEqual([]);
    expect(harness.core.clients.count).toBe(0);
  });

  test('detailed errors say more', () => {
    const client = new HubHarness(LifeHub, { enableDetailedErrors: true }).open();
    client.sayText('[]\x1e');
    expect(client.handshakeResponse()).toContain(
      "handshake. InvalidDataException: Unexpected JSON Token Type 'Array'. Expected a JSON Object.",
    );
  });

  test.each([0, 1, 2])('version %i is spoken, the name has no case', (version) => {
    const client = new HubHarness(LifeHub).open();
    client.sayText(`{"version":${version},"protocol":"JSON","more":1}\x1e`);
    expect(client.handshakeResponse()).toBe('{}\x1e');
  });

  test('may come in pieces, with hub messages behind it', async () => {
    const client = new HubHarness(LifeHub).open();
    const all =
      '{"protocol":"json","version":1}\x1e{"type":1,"invocationId":"1","target":"echo","arguments":["a"]}\x1e';
    for (const character of all) client.sayText(character);
    expect(client.handshakeResponse()).toBe('{}\x1e');
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'a' }]);
  });

  test('has a deadline', () => {
    const harness = new HubHarness(LifeHub);
    const client = harness.open();
    harness.pass(14);
    expect(client.closings()).toEqual([]);
    harness.pass(1);
    expect(client.handshakeResponse()).toBe('{"error":"Handshake was canceled."}\x1e');
  });

  test('is not answered for a client that comes from another app server', async () => {
    const harness = new HubHarness(LifeHub);
    const client = harness.open('json', { headers: [{ name: 'Asrs-Migrate-From', values: ['server2'] }] });
    client.sayText('{"protocol":"json","version":1}\x1e');
    client.invoke('echo', ['a']);
    await settled();
    expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'a' }]);
    expect(log).toContain('connected');
  });
});

describe('onConnected', () => {
  test('runs to its end before any invocation', async () => {
    connecting = new Gate();
    const client = new HubHarness(LifeHub).connect();
    client.invoke('echo', ['a']);
    client.invoke('echo', ['b'], '2');
    await settled();
    expect(log).toEqual(['new', 'connected']);
    connecting.open();
    await settled();
    expect(log).toEqual(['new', 'connected', 'new', 'echo a', 'new', 'echo b']);
  });

  test('that throws disconnects the client for good, without onDisconnected', async () => {
    const harness = new HubHarness(RefusingHub);
    const client = harness.connect();
    expect(client.heardTyped()).toEqual([
      { message: { type: 7, error: 'Connection closed with an error.' }, dataType: DataMessageType.Close },
    ]);
    expect(client.closings()).toMatchObject([{ error: 'not you' }]);
    harness.pass(60);
    await settled();
    expect(log).toEqual([]);
    expect(harness.log.lines).toEqual(['error: onConnected of a hub failed.']);
  });

  test('that throws says why in detail', () => {
    const client = new HubHarness(RefusingHub, { enableDetailedErrors: true }).connect();
    expect(client.heard()).toEqual([{ type: 7, error: 'Connection closed with an error. Error: not you' }]);
  });

  test('what the client said before it left is still done', async () => {
    connecting = new Gate();
    const harness = new HubHarness(LifeHub);
    const client = harness.connect();
    client.invoke('echo', ['a']);
    client.leave();
    connecting.open();
    await settled();
    expect(log).toEqual(['new', 'connected', 'new', 'echo a', 'new', 'disconnected true']);
    expect(client.heard()).toEqual([]);
  });
});

describe('bad input', () => {
  const texts = [
    ['garbage', 'Error reading JSON.'],
    ['[]', "Unexpected JSON Token Type 'Array'. Expected a JSON Object."],
    ['{}', "Missing required property 'type'."],
    ['', 'Error reading JSON.'],
    ['{"type":"1"}', "Expected 'type' to be of type Number."],
    ['{"type":1,"arguments":[]}', "Missing required property 'target'."],
    ['{"type":1,"invocationId":"1","target":"Echo"}', "Missing required property 'arguments'."],
    ['{"type":1,"target":"Echo","invocationId":1,"arguments":["h"]}', "Expected 'invocationId' to be of type String."],
    [
      '{"type":3,"invocationId":"1","result":1,"error":"x"}',
      "The 'error' and 'result' properties are mutually exclusive.",
    ],
    ['{"type":4,"target":"Stream","arguments":[1]}', "Missing required property 'invocationId'."],
    [
      `{"type":1,"target":"echo","arguments":["${'x'.repeat(33_000)}"]}`,
      'The maximum message size of 32768B was exceeded.',
    ],
  ] as const;

  test.each(texts)('%.60s', async (text, reason) => {
    const harness = new HubHarness(LifeHub, { enableDetailedErrors: true });
    const client = harness.connect();
    await settled();
    client.sayText(`${text}\x1e`);
    client.invoke('echo', ['never']);
    const error = `Connection closed with an error. InvalidDataException: ${reason}`;
    expect(client.heardTyped()).toEqual([
      { message: { type: 7, error, allowReconnect: true }, dataType: DataMessageType.Close },
    ]);
    expect(client.closings()).toMatchObject([{ error: reason }]);
    expect(disconnectError?.message).toBe(reason);
    expect(log.at(-1)).toBe('disconnected true');
  });

  test('tells nothing unless detailed errors are on', async () => {
    const client = new HubHarness(LifeHub).connect();
    await settled();
    client.sayText('garbage\x1e');
    expect(client.heard()).toEqual([{ type: 7, error: 'Connection closed with an error.', allowReconnect: true }]);
  });

  test.each(['03010203', 'ffffffffffff', '099601c0a131a16d9090', '0896018001a16d9090'])(
    'MessagePack %s',
    async (hex) => {
      const client = new HubHarness(LifeHub).connect('messagepack');
      await settled();
      client.sayBytes(Buffer.from(hex, 'hex'));
      expect(client.heard()).toEqual([{ type: 7, error: 'Connection closed with an error.', allowReconnect: true }]);
    },
  );

  test('no limit takes messages of any size', async () => {
    const client = new HubHarness(LifeHub, { maximumReceiveMessageSize: null }).connect();
    await settled();
    client.invoke('echo', ['x'.repeat(100_000)]);
    expect(client.heard()).toHaveLength(1);
  });

  test('what only looks odd is taken', async () => {
    const client = new HubHarness(LifeHub).connect();
    await settled();
    client.sayText(
      '{"type":1,"headers":{"a":"b"},"foo":[1],"target":"Echo","invocationId":"1","arguments":["h"]}\x1e{"type":99}\x1e{"type":8,"sequenceId":1}\x1e',
    );
    client.sayText('');
    client.sayText('{"type":6,"x":1}\x1e {"target":"Echo","arguments":["i"],"invocationId":"2","type":1} \x1e');
    expect(client.heard()).toEqual([
      { type: 3, invocationId: '1', result: 'h' },
      { type: 3, invocationId: '2', result: 'i' },
    ]);
  });
});

describe('the end', () => {
  async function connected(options = {}) {
    const harness = new HubHarness(LifeHub, options);
    const client = harness.connect();
    await settled();
    log = [];
    return { harness, client };
  }

  test('the client says goodbye', async () => {
    const { harness, client } = await connected();
    client.say({ type: 7 });
    expect(client.heardTyped()).toEqual([{ message: { type: 7 }, dataType: DataMessageType.Close }]);
    expect(client.closings()).toMatchObject([{ error: '' }]);
    expect(log).toEqual(['new', 'disconnected true']);
    expect(disconnectError).toBeUndefined();
    expect(harness.core.clients.count).toBe(0);
  });

  test('the client says goodbye with an error', async () => {
    const { client } = await connected();
    client.say({ type: 7, error: 'broken' });
    expect(client.heard()).toEqual([{ type: 7 }]);
    expect(disconnectError).toEqual(new HubException('broken'));
  });

  test('the service says that the client is gone: nothing is answered', async () => {
    const { harness, client } = await connected();
    client.leave();
    expect(log).toEqual(['new', 'disconnected true']);
    expect(disconnectError).toBeUndefined();
    expect(client.heard()).toEqual([]);
    expect(harness.outlet.messages).toEqual([]);
  });

  test('a message that was cut off is an error', async () => {
    const { client } = await connected();
    client.sayText('{"type":');
    client.leave();
    expect(disconnectError?.message).toBe('Connection terminated while reading a message.');
  });

  test('the hub aborts: no reconnect, and nothing more is sent', async () => {
    const { client } = await connected();
    client.invoke('abort');
    client.invoke('echo', ['never'], '2');
    expect(client.heard()).toEqual([{ type: 7 }]);
    expect(client.closings()).toMatchObject([{ error: '' }]);
    expect(log).toEqual(['new', 'new', 'disconnected true']);
  });

  test('onDisconnected waits for the invocation that runs, and for those before the goodbye', async () => {
    working = new Gate();
    const { client } = await connected();
    client.invoke('work');
    client.invoke('echo', ['b'], '2');
    client.say({ type: 7 });
    await settled();
    expect(log).toEqual(['new', 'work starts']);
    working.open();
    await settled();
    expect(log).toEqual(['new', 'work starts', 'work ends', 'new', 'echo b', 'new', 'disconnected true']);
    expect(client.heard()).toEqual([{ type: 7 }]);
  });

  test('but not for ever', async () => {
    working = new Gate();
    const { harness, client } = await connected();
    client.invoke('work');
    client.leave();
    harness.pass(29);
    expect(log).not.toContain('disconnected true');
    harness.pass(1);
    expect(log).toEqual(['new', 'work starts', 'new', 'disconnected true']);
    working.open();
    await settled();
    expect(log.filter((line) => line.startsWith('disconnected'))).toHaveLength(1);
  });

  test('signals fire, and streams end', async () => {
    const { client } = await connected();
    client.invoke('watch');
    client.say({ type: 4, invocationId: '2', target: 'forever', arguments: [] });
    await settled();
    client.leave();
    await settled();
    expect(log).toEqual(expect.arrayContaining(['saw the abort', 'stream ended', 'disconnected true']));
    expect(client.heard()).toEqual([{ type: 2, invocationId: '2', item: 1 }]);
  });

  test('a failing onDisconnected is logged, and no more', async () => {
    class FailingHub extends Hub {
      override async onDisconnected(): Promise<void> {
        throw new Error('x');
      }
    }
    const harness = new HubHarness(FailingHub);
    harness.connect().leave();
    await settled();
    expect(harness.log.lines).toEqual(['error: onDisconnected of a hub failed.']);
    await harness.core.clients.untilGone();
  });

  test('an id that comes again belongs to the newer client', async () => {
    const { harness, client } = await connected();
    harness.open('json', { connectionId: client.connectionId });
    expect(log).toEqual(['new', 'disconnected true']);
    expect(harness.core.clients.count).toBe(1);
  });
});

describe('keeping alive', () => {
  test('a client is pinged when nothing else was sent for fifteen seconds', async () => {
    const harness = new HubHarness(LifeHub);
    const client = harness.connect();
    await settled();
    harness.pass(14);
    expect(client.heard()).toEqual([]);
    harness.pass(1);
    expect(client.heardTyped()).toEqual([{ message: { type: 6 }, dataType: DataMessageType.Other }]);
    harness.pass(10);
    client.invoke('echo', ['a']);
    client.heard();
    harness.pass(14);
    expect(client.heard()).toEqual([]);
    harness.pass(1);
    expect(client.heard()).toEqual([{ type: 6 }]);
  });

  test('a client that never pinged may be silent', async () => {
    const harness = new HubHarness(LifeHub);
    harness.connect();
    await settled();
    harness.pass(1000);
    expect(harness.core.clients.count).toBe(1);
  });

  test('a client that pinged once is gone after thirty seconds of silence', async () => {
    const harness = new HubHarness(LifeHub);
    const client = harness.connect();
    await settled();
    client.say({ type: 6 });
    harness.pass(25);
    client.sayText('{"type"');
    harness.pass(30);
    expect(harness.core.clients.count).toBe(1);
    client.heard();
    harness.pass(1);
    expect(client.heard()).toEqual([{ type: 7, error: 'Connection closed with an error.', allowReconnect: true }]);
    expect(disconnectError).toBeUndefined();
    expect(log.at(-1)).toBe('disconnected true');
  });
});

test('a hub is made anew for every call, items stay', async () => {
  const client = new HubHarness(LifeHub).connect();
  await settled();
  client.invoke('remember', [], '1');
  client.invoke('remember', [], '2');
  expect(client.heard()).toEqual([
    { type: 3, invocationId: '1', result: 1 },
    { type: 3, invocationId: '2', result: 2 },
  ]);
  expect(log.filter((line) => line === 'new')).toHaveLength(3);
});

test('every hub message is one piece of data with its kind', async () => {
  const client = new HubHarness(LifeHub).connect();
  await settled();
  client.invoke('echo', ['a'], '1');
  client.say({ type: 4, invocationId: '2', target: 'forever', arguments: [] });
  await settled();
  client.say({ type: 5, invocationId: '2' });
  expect(client.heardTyped().map(({ dataType }) => dataType)).toEqual([
    DataMessageType.Invocation,
    DataMessageType.Invocation,
    DataMessageType.Invocation,
  ]);
});
