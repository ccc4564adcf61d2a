// A client whose way back the service paused (service-protocol 10.2).
import { expect, test } from 'vitest';
import { HubHarness, settled } from '../../test/support/hub-harness.ts';
import { Hub } from '../hub/hub.ts';

const HALF = 'x'.repeat(600_000);

class PausedHub extends Hub {
  echo(value: unknown) {
    return value;
  }
  big() {
    return HALF;
  }
  async *numbers() {
    yield 1;
    yield 2;
  }
}

function scene() {
  const harness = new HubHarness(PausedHub);
  const client = harness.connect();
  const connection = harness.core.clients.find(client.connectionId);
  if (connection === undefined) throw new Error('the client is not there');
  return { harness, client, connection };
}

test('is not read any more when much is held back, and read again when it goes on', async () => {
  const { harness, client, connection } = scene();
  connection.link.pause();
  for (const id of ['1', '2', '3', '4']) client.invoke('big', [], id);
  await settled();
  expect(connection.activity.isIdle).toBe(true);
  connection.link.resume(harness.outlet);
  expect(client.heard()).toHaveLength(2);
  connection.proceed();
  expect(client.heard()).toHaveLength(2);
});

test('that says too much meanwhile is disconnected', async () => {
  const { harness, client, connection } = scene();
  connection.link.pause();
  client.invoke('big', [], '1');
  client.invoke('big', [], '2');
  for (let count = 0; count < 200; count++) client.invoke('echo', ['x'.repeat(30_000)]);
  expect(client.closings()).toMatchObject([{ error: 'Too many messages wait for the hub.' }]);
  expect(harness.core.clients.count).toBe(0);
});

test('goes on by itself when the service forgets it', async () => {
  const { harness, client, connection } = scene();
  connection.link.pause();
  for (const id of ['1', '2', '3']) client.invoke('big', [], id);
  harness.pass(30);
  expect(client.heard().filter(({ type }) => type === 3)).toHaveLength(3);
});

test('keeps its streams waiting, and ends them when it leaves', async () => {
  const { harness, client, connection } = scene();
  connection.link.pause();
  client.say({ type: 4, invocationId: '1', target: 'numbers', arguments: [] });
  await settled();
  expect(connection.activity.calls).toHaveLength(1);
  client.leave();
  await settled();
  expect(connection.activity.calls).toEqual([]);
  expect(client.heard()).toEqual([]);
  await harness.core.clients.untilGone();
});
