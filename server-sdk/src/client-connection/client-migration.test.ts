// Both sides of a client that goes on with another app server (service-protocol 12.1).
import { expect, test } from 'vitest';
import { Gate } from '../../test/support/gate.ts';
import { HubHarness, settled } from '../../test/support/hub-harness.ts';
import { Hub } from '../hub/hub.ts';
import type { HubMigration } from '../hub/hub-caller-context.ts';

/** What the hub saw, in order. */
function scene() {
  const seen: unknown[] = [];
  const gate = new Gate();
  class MovingHub extends Hub {
    override onConnected() {
      this.#note('connected');
    }
    override onDisconnected(error?: Error) {
      this.#note(`disconnected ${error === undefined}`);
    }
    async slow(text: string) {
      await gate.opened;
      seen.push(`slow ${this.signal.aborted}`);
      return text;
    }
    async ask() {
      return this.clients.caller.invoke('answer');
    }
    async *count() {
      for (let number = 0; ; number++) {
        yield number;
        await gate.opened;
      }
    }
    async sum(items: AsyncIterable<number>) {
      let sum = 0;
      for await (const item of items) sum += item;
      return sum;
    }
    #note(what: string) {
      const { migration } = this.context;
      seen.push(migration === undefined ? what : ([what, migration] satisfies [string, HubMigration]));
    }
  }
  return { harness: new HubHarness(MovingHub), seen, gate };
}

test('a client that comes from another app server: the hub is told, its handshake is not answered', async () => {
  const { harness, seen } = scene();
  const client = harness.open('json', { headers: [{ name: 'Asrs-Migrate-From', values: ['old'] }] });
  client.sayText('{"protocol":"json","version":1}\x1e');
  await settled();
  expect(seen).toEqual([['connected', { from: 'old', to: undefined }]]);
  expect(client.heard()).toEqual([]);
});

test('a client that goes on: the hub is told, and the client hears no goodbye', async () => {
  const { harness, seen } = scene();
  const client = harness.connect();
  client.handOver('new');
  await settled();
  expect(seen).toEqual(['connected', ['disconnected true', { from: undefined, to: 'new' }]]);
  expect(client.heard()).toEqual([]);
  expect(client.closings()).toEqual([]);
  expect(harness.core.clients.count).toBe(0);
});

test('a client that leaves did not migrate', async () => {
  const { harness, seen } = scene();
  const client = harness.connect();
  client.leave();
  await settled();
  expect(seen).toEqual(['connected', 'disconnected true']);
});

test('calls that run and calls that wait are answered from here, then the hub hears of the end', async () => {
  const { harness, seen, gate } = scene();
  const client = harness.connect();
  client.invoke('slow', ['a'], '1');
  client.invoke('slow', ['b'], '2');
  client.handOver('new');
  await settled();
  expect(client.heard()).toEqual([]);
  gate.open();
  await settled();
  expect(client.heard()).toEqual([
    { type: 3, invocationId: '1', result: 'a' },
    { type: 3, invocationId: '2', result: 'b' },
  ]);
  expect(seen.slice(1)).toEqual(['slow false', 'slow false', ['disconnected true', { from: undefined, to: 'new' }]]);
});

test('a client that leaves gets no answers', async () => {
  const { harness, seen, gate } = scene();
  const client = harness.connect();
  client.invoke('slow', ['a'], '1');
  client.leave();
  gate.open();
  await settled();
  expect(client.heard()).toEqual([]);
  expect(seen).toContain('slow true');
});

test('a stream to the client ends with an error: nobody can carry it on', async () => {
  const { harness } = scene();
  const client = harness.connect();
  client.say({ type: 4, invocationId: '1', target: 'count', arguments: [] });
  await settled();
  client.handOver('new');
  await settled();
  expect(client.heard()).toEqual([
    { type: 2, invocationId: '1', item: 0 },
    { type: 3, invocationId: '1', error: 'The stream ended because its app server shut down. Start it again.' },
  ]);
});

test('a call that reads a stream from the client fails', async () => {
  const { harness } = scene();
  const client = harness.connect();
  client.say({ type: 1, invocationId: '1', target: 'sum', arguments: [], streamIds: ['s'] });
  client.say({ type: 2, invocationId: 's', item: 1 });
  client.handOver('new');
  await settled();
  expect(client.heard()).toEqual([{ type: 3, invocationId: '1', error: expect.stringContaining("invoking 'sum'") }]);
});

test('a method that never ends keeps nobody for longer than half a minute', async () => {
  const { harness, seen } = scene();
  const client = harness.connect();
  client.invoke('slow', ['a'], '1');
  client.handOver('new');
  harness.pass(29);
  await settled();
  expect(seen).toEqual(['connected']);
  harness.pass(1);
  await settled();
  expect(seen).toEqual(['connected', ['disconnected true', { from: undefined, to: 'new' }]]);
});

test('what the client was asked is answered through the service, and the call that waits for it too', async () => {
  const { harness, seen } = scene();
  const client = harness.connect();
  client.invoke('ask');
  const [question] = harness.outlet.take(34);
  client.handOver('new');
  await settled();
  expect(client.heard()).toEqual([]);
  harness.core.results.serviceCompleted({ type: 3, invocationId: question?.invocationId ?? '', result: 'yes' });
  await settled();
  expect(client.heard()).toEqual([{ type: 3, invocationId: '1', result: 'yes' }]);
  expect(seen).toEqual(['connected', ['disconnected true', { from: undefined, to: 'new' }]]);
});

test('what was held back in a pause still goes out', () => {
  const { harness } = scene();
  const client = harness.connect();
  harness.core.clients.find(client.connectionId)?.link.pause();
  client.invoke('nope');
  expect(client.heard()).toEqual([]);
  client.handOver('new');
  expect(client.heard()).toMatchObject([{ type: 3, invocationId: '1', error: expect.any(String) }]);
});
