import type { ServiceMessage } from '@signalite/protocol/service';
import { describe, expect, test } from 'vitest';
import { decodePayload, HubHarness, settled } from '../../test/support/hub-harness.ts';
import { Hub } from './hub.ts';
import { hubContext } from './hub-context.ts';
import type { UntypedHubContract } from './hub-contract.ts';

type Run = (hub: SendHub) => unknown;

class SendHub extends Hub {
  static run: Run = () => undefined;

  go(): unknown {
    return SendHub.run(this);
  }
}

const CALL = { type: 1, target: 'm', arguments: ['a', 1] };

/** What one call of a hub sends to the service. */
async function sentBy(run: Run): Promise<ServiceMessage[]> {
  SendHub.run = run;
  const harness = new HubHarness(SendHub);
  const client = harness.connect();
  client.say({ type: 1, target: 'go', arguments: [] });
  await settled();
  expect(harness.log.lines).toEqual([]);
  return harness.outlet.messages;
}

function outside() {
  const harness = new HubHarness(SendHub);
  return { harness, context: hubContext<UntypedHubContract>(harness.core.sender) };
}

describe('a send names its receivers', () => {
  const sends: readonly [string, Run, object][] = [
    ['all', ({ clients }) => clients.all.send('m', 'a', 1), { type: 10, excludedConnectionIds: [] }],
    [
      'all except',
      ({ clients }) => clients.allExcept(['x']).send('m', 'a', 1),
      { type: 10, excludedConnectionIds: ['x'] },
    ],
    ['others', ({ clients }) => clients.others.send('m', 'a', 1), { type: 10, excludedConnectionIds: ['client1'] }],
    ['clients', ({ clients }) => clients.clients(['x', 'y']).send('m', 'a', 1), { type: 7, connectionIds: ['x', 'y'] }],
    ['a client elsewhere', ({ clients }) => clients.client('x').send('m', 'a', 1), { type: 7, connectionIds: ['x'] }],
    ['a user', ({ clients }) => clients.user('u').send('m', 'a', 1), { type: 8, userId: 'u' }],
    ['users', ({ clients }) => clients.users(['u', 'v']).send('m', 'a', 1), { type: 9, userIds: ['u', 'v'] }],
    [
      'a group',
      ({ clients }) => clients.group('g').send('m', 'a', 1),
      { type: 13, group: 'g', excludedConnectionIds: [] },
    ],
    ['the group without a name', ({ clients }) => clients.group('').send('m', 'a', 1), { type: 13, group: '' }],
    [
      'a group except',
      ({ clients }) => clients.groupExcept('g', ['x']).send('m', 'a', 1),
      { type: 13, group: 'g', excludedConnectionIds: ['x'] },
    ],
    [
      'others in a group',
      ({ clients }) => clients.othersInGroup('g').send('m', 'a', 1),
      { type: 13, group: 'g', excludedConnectionIds: ['client1'] },
    ],
    ['groups', ({ clients }) => clients.groups(['g', 'h']).send('m', 'a', 1), { type: 14, groups: ['g', 'h'] }],
  ];

  test.each(sends)('%s', async (_name, run, expected) => {
    const [message, ...more] = await sentBy(run);
    expect(more).toEqual([]);
    expect(message).toMatchObject(expected);
    const payloads = message !== undefined && 'payloads' in message ? message.payloads : [];
    expect(payloads.map(({ protocol }) => protocol)).toEqual(['json', 'messagepack']);
    expect(decodePayload(payloads, 'json')).toEqual(CALL);
    expect(decodePayload(payloads, 'messagepack')).toEqual(CALL);
  });

  test('a client of this app server gets its own protocol alone, by MultiConnectionData', async () => {
    for (const run of [
      ({ clients }: SendHub) => clients.caller.send('m', 'a', 1),
      ({ clients }: SendHub) => clients.client('client1').send('m', 'a', 1),
    ]) {
      const [message] = await sentBy(run);
      expect(message).toMatchObject({ type: 7, connectionIds: ['client1'] });
      const payloads = message?.type === 7 ? message.payloads : [];
      expect(payloads.map(({ protocol }) => protocol)).toEqual(['json']);
      expect(decodePayload(payloads, 'json')).toEqual(CALL);
    }
  });

  test.each<[string, Run]>([
    ['clients', ({ clients }) => clients.clients([]).send('m')],
    ['groups', ({ clients }) => clients.groups([]).send('m')],
    ['users', ({ clients }) => clients.users([]).send('m')],
  ])('no %s: nothing is sent', async (_name, run) => {
    expect(await sentBy(run)).toEqual([]);
  });

  test('only the protocols of the hub are written', async () => {
    const harness = new HubHarness(SendHub, { supportedProtocols: ['json'] });
    await hubContext<UntypedHubContract>(harness.core.sender).clients.all.send('m');
    const [message] = harness.outlet.take(10);
    expect(message?.payloads.map(({ protocol }) => protocol)).toEqual(['json']);
  });
});

describe('null is no receiver', () => {
  // Callers without types can do this.
  const nothing = null as unknown as string;
  const noList = null as unknown as string[];
  const { context } = outside();

  test.each<[string, () => unknown]>([
    ['excludedConnectionIds', () => context.clients.allExcept(noList)],
    ['connectionId', () => context.clients.client(nothing)],
    ['connectionIds', () => context.clients.clients(noList)],
    ['groupName', () => context.clients.group(nothing)],
    ['excludedConnectionIds', () => context.clients.groupExcept('g', noList)],
    ['groupNames', () => context.clients.groups(noList)],
    ['userId', () => context.clients.user(nothing)],
    ['userIds', () => context.clients.users(noList)],
    ['method', () => context.clients.all.send(nothing)],
    ['connectionId', () => context.groups.add(nothing, 'g')],
    ['groupName', () => context.groups.remove('c', nothing)],
  ])('%s', (parameter, act) => {
    expect(act).toThrow(new TypeError(`Value cannot be null. (Parameter '${parameter}')`));
  });

  test('nor is an empty name among groups', async () => {
    await expect(context.clients.groups(['g', '']).send('m')).rejects.toThrow('Cannot send to an empty group name.');
  });
});

describe('a send', () => {
  test('of what cannot be written rejects', async () => {
    const { harness, context } = outside();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await expect(context.clients.all.send('m', circular)).rejects.toThrow(RangeError);
    expect(harness.outlet.messages).toEqual([]);
  });

  test('resolves when there is room', async () => {
    const { harness, context } = outside();
    let open = () => {};
    harness.outlet.congestion = new Promise((resolve) => {
      open = resolve;
    });
    let isDone = false;
    const sent = context.clients.all.send('m').then(() => {
      isDone = true;
    });
    await settled();
    expect(harness.outlet.messages).toHaveLength(1);
    expect(isDone).toBe(false);
    open();
    await sent;
    expect(isDone).toBe(true);
  });

  test('fails when far too much waits', async () => {
    const { harness, context } = outside();
    harness.outlet.isOverfull = true;
    await expect(context.clients.all.send('m')).rejects.toMatchObject({ code: 'send-buffer-full' });
    await expect(context.groups.add('c', 'g')).rejects.toMatchObject({ code: 'send-buffer-full' });
  });

  test('delays the next ping of the client', async () => {
    const { harness, context } = outside();
    const client = harness.connect();
    harness.pass(10);
    await context.clients.client(client.connectionId).send('m');
    harness.pass(14);
    expect(client.heard()).toEqual([]);
    harness.pass(1);
    expect(client.heard()).toEqual([{ type: 6 }]);
  });

  test('carries a tracing id while the service wants it', async () => {
    const { harness, context } = outside();
    await context.clients.all.send('m');
    harness.core.tracing.switch('fake', true);
    await context.clients.all.send('m');
    await context.clients.group('g').send('m');
    const [first, second] = harness.outlet.take(10);
    const [third] = harness.outlet.take(13);
    expect(first).not.toHaveProperty('tracingId');
    expect((third?.tracingId ?? 0n) - (second?.tracingId ?? 0n)).toBe(1n);
  });
});

describe('groups', () => {
  test.each([
    ['add', 18],
    ['remove', 19],
  ] as const)('%s waits for the service', async (operation, type) => {
    const { harness, context } = outside();
    const done = context.groups[operation]('c', 'g');
    const [message] = harness.outlet.take(type);
    expect(message).toMatchObject({ connectionId: 'c', group: 'g' });
    harness.core.acks.complete(message?.ackId ?? 0, 1);
    await done;
  });

  test('a connection that is not there is no error', async () => {
    const { harness, context } = outside();
    const done = context.groups.add('c', 'g');
    harness.core.acks.complete(harness.outlet.take(18)[0]?.ackId ?? 0, 2);
    await done;
  });

  test('what is not awaited keeps its place', async () => {
    const messages = await sentBy(({ clients, groups, context }) => {
      groups.add(context.connectionId, 'g').catch(() => undefined);
      void clients.group('g').send('m');
    });
    expect(messages.map(({ type }) => type)).toEqual([18, 13]);
  });
});

test('a hub outside of a call says what to do', () => {
  const hub = new SendHub();
  expect(() => hub.clients).toThrow('A hub knows its client only during a call. Use signalr.hub(name) outside');
});
