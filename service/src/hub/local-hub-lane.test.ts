// service-protocol 7.4, 8.1, 8.3, 9.4; rest-api 7.4.
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeMember, type FakeMemberOptions } from '../../test/support/fake-member.ts';
import { DEFAULT_LIMITS, DEFAULT_TIMERS } from '../config/limits.ts';
import { type ServiceEvent, ServiceEvents } from '../log/events.ts';
import { FilterSyntaxError } from './filter-tokens.ts';
import type { CloseTarget, ExistenceCheck, SendTarget } from './hub-operations.ts';
import { HubState } from './hub-state.ts';
import { LocalHubLane } from './local-hub-lane.ts';

const START = 1_700_000_000_000;
const PAYLOADS = [{ protocol: 'json', data: Buffer.from('m') }];

let now = START;
let events: ServiceEvent[] = [];
let hub: HubState;
let lane: LocalHubLane;

beforeEach(() => {
  now = START;
  events = [];
  const all = new ServiceEvents();
  all.subscribe((event) => events.push(event));
  const limits = { ...DEFAULT_LIMITS, pendingClientResults: 2 };
  hub = new HubState('chat', { limits, timers: DEFAULT_TIMERS, events: all, now: () => now });
  lane = new LocalHubLane(hub);
});

function add(connectionId: string, options: FakeMemberOptions = {}): FakeMember {
  const member = new FakeMember(connectionId, { onClose: (one) => hub.remove(one), ...options });
  hub.add(member);
  return member;
}

function join(connectionId: string, group: string): void {
  lane.changeGroup({ change: 'join', subject: { connectionId }, group });
}

/** Sends and gives how many copies each member got. */
function copies(target: SendTarget, ...members: readonly FakeMember[]): number[] {
  const before = members.map((member) => member.delivered.length);
  lane.send({ target, payloads: PAYLOADS });
  return members.map((member, index) => member.delivered.length - (before[index] ?? 0));
}

describe('sends', () => {
  test('to all but the excluded', () => {
    const [a, b, c] = [add('a'), add('b'), add('c')];
    expect(copies({ to: 'all', exceptConnections: [] }, a, b, c)).toEqual([1, 1, 1]);
    expect(copies({ to: 'all', exceptConnections: ['b', 'gone'] }, a, b, c)).toEqual([1, 0, 1]);
  });

  test('to connections: unknown ids are passed over, repeated ones count once', () => {
    const [a, b] = [add('a'), add('b')];
    expect(copies({ to: 'connections', connectionIds: ['gone', 'a', 'a'] }, a, b)).toEqual([1, 0]);
    expect(copies({ to: 'connections', connectionIds: [] }, a, b)).toEqual([0, 0]);
  });

  test('to users: every connection, repeated ids count once', () => {
    const [phone, laptop, other] = [add('1', { userId: 'ann' }), add('2', { userId: 'ann' }), add('3')];
    expect(copies({ to: 'users', userIds: ['ann', 'nobody', 'ann'] }, phone, laptop, other)).toEqual([1, 1, 0]);
  });

  test('to a group but excluded connections and users', () => {
    const [a, b, c, out] = [add('a'), add('b', { userId: 'bob' }), add('c', { userId: 'cyd' }), add('out')];
    for (const id of ['a', 'b', 'c']) join(id, 'g');
    const target = { to: 'group', group: 'g' } as const;
    expect(copies({ ...target, exceptConnections: [], exceptUsers: [] }, a, b, c, out)).toEqual([1, 1, 1, 0]);
    expect(copies({ ...target, exceptConnections: ['a'], exceptUsers: ['cyd'] }, a, b, c, out)).toEqual([0, 1, 0, 0]);
    expect(copies({ ...target, exceptConnections: [], exceptUsers: [''] }, a, b, c, out)).toEqual([1, 1, 1, 0]);
  });

  test('to groups: once for each listed group that a connection is in', () => {
    const [a, b, c] = [add('a'), add('b'), add('c')];
    join('a', 'x');
    join('a', 'y');
    join('b', 'y');
    expect(copies({ to: 'groups', groups: ['x', 'y', 'none'] }, a, b, c)).toEqual([2, 1, 0]);
    expect(copies({ to: 'groups', groups: ['y', 'y'] }, a, b, c)).toEqual([2, 2, 0]);
  });

  test('with a filter reach those that it selects', () => {
    const [ann, bob] = [add('a', { userId: 'ann' }), add('b', { userId: 'bob' })];
    const target = { to: 'connections', connectionIds: ['a', 'b'] } as const;
    lane.send({ target, payloads: PAYLOADS, filter: "userId eq 'ann'" });
    expect([ann, bob].map(({ delivered }) => delivered.length)).toEqual([1, 0]);
    lane.send({ target, payloads: PAYLOADS, filter: '' });
    expect([ann, bob].map(({ delivered }) => delivered.length)).toEqual([2, 1]);
    expect(events).toEqual([]);
  });

  test('with a filter that cannot be understood reach nobody rather than everybody', () => {
    const a = add('a');
    lane.send({ target: { to: 'all', exceptConnections: [] }, payloads: PAYLOADS, filter: 'userId eq' });
    expect(a.delivered).toEqual([]);
    expect(events).toMatchObject([
      { name: 'filterMalformed', hub: 'chat', reason: expect.stringMatching(/at its end/) },
    ]);
  });

  test('without a payload for some members tell it once', () => {
    const strange = { hubProtocol: 'other' };
    expect(copies({ to: 'all', exceptConnections: [] }, add('a', strange), add('b', strange), add('c'))).toEqual([
      0, 0, 1,
    ]);
    expect(events).toEqual([{ name: 'payloadMissing', hub: 'chat', hubProtocol: 'other' }]);
  });

  test('go on to the others when a member is closed by its own delivery', () => {
    const members = ['a', 'b', 'c'].map((id) => add(id));
    const [first] = members;
    if (first !== undefined) first.deliver = () => hub.remove(first);
    expect(copies({ to: 'all', exceptConnections: [] }, ...members)).toEqual([0, 1, 1]);
    expect(hub.members.size).toBe(2);
  });
});

describe('groups of a connection', () => {
  test('a join or leave is acked for a live connection only', async () => {
    add('a');
    const subject = { connectionId: 'a' };
    expect(await lane.changeGroupAcked({ change: 'join', subject, group: 'g' })).toBe(true);
    expect(await lane.changeGroupAcked({ change: 'join', subject, group: 'g' })).toBe(true);
    expect(await lane.changeGroupAcked({ change: 'leave', subject, group: 'other' })).toBe(true);
    const gone = { connectionId: 'gone' };
    expect(await lane.changeGroupAcked({ change: 'join', subject: gone, group: 'g' })).toBe(false);
    expect(await lane.changeGroupAcked({ change: 'leave', subject: gone, group: undefined })).toBe(false);
    expect(hub.groups.members('g').size).toBe(1);
  });

  test('leaving without a group leaves all', () => {
    const a = add('a');
    join('a', 'x');
    join('a', 'y');
    lane.changeGroup({ change: 'leave', subject: { connectionId: 'a' }, group: undefined });
    expect(copies({ to: 'groups', groups: ['x', 'y'] }, a)).toEqual([0]);
  });

  test('memberships end with the connection', () => {
    const a = add('a', { userId: 'ann' });
    join('a', 'g');
    hub.remove(a);
    hub.remove(a);
    expect(hub.groups.count).toBe(0);
    expect(hub.users.has('ann')).toBe(false);
  });
});

describe('groups of a user', () => {
  const subject = { userId: 'ann' };

  test('hold present and future connections', async () => {
    const early = add('early', { userId: 'ann' });
    expect(await lane.changeGroupAcked({ change: 'join', subject, group: 'g' })).toBe(true);
    const late = add('late', { userId: 'ann' });
    expect(copies({ to: 'groups', groups: ['g'] }, early, late)).toEqual([1, 1]);
  });

  test('outlive the last connection, and may precede the first', async () => {
    expect(await lane.changeGroupAcked({ change: 'join', subject, group: 'g' })).toBe(true);
    hub.remove(add('first', { userId: 'ann' }));
    expect(copies({ to: 'groups', groups: ['g'] }, add('second', { userId: 'ann' }))).toEqual([1]);
  });

  test('with a ttl of zero hold present connections only, without an end', () => {
    const early = add('early', { userId: 'ann' });
    lane.changeGroup({ change: 'join', subject: { userId: 'ann', ttlSeconds: 0 }, group: 'g' });
    const late = add('late', { userId: 'ann' });
    hub.sweep(START + 3_600_000);
    expect(copies({ to: 'groups', groups: ['g'] }, early, late)).toEqual([1, 0]);
  });

  test('end with their ttl, but for connections that joined by themselves', () => {
    const byUser = add('by-user', { userId: 'ann' });
    const byBoth = add('by-both', { userId: 'ann' });
    join('by-both', 'g');
    lane.changeGroup({ change: 'join', subject: { userId: 'ann', ttlSeconds: 10 }, group: 'g' });
    now = START + 9_999;
    hub.sweep(now);
    expect(copies({ to: 'groups', groups: ['g'] }, byUser, byBoth)).toEqual([1, 1]);
    now = START + 10_000;
    hub.sweep(now);
    const late = add('late', { userId: 'ann' });
    expect(copies({ to: 'groups', groups: ['g'] }, byUser, byBoth, late)).toEqual([0, 1, 0]);
  });

  test('a new join moves the end of those who are in', () => {
    const ann = add('1', { userId: 'ann' });
    lane.changeGroup({ change: 'join', subject: { userId: 'ann', ttlSeconds: 10 }, group: 'g' });
    lane.changeGroup({ change: 'join', subject: { userId: 'ann', ttlSeconds: 60 }, group: 'g' });
    now = START + 30_000;
    hub.sweep(now);
    expect(copies({ to: 'groups', groups: ['g'] }, ann)).toEqual([1]);
  });

  test.each([{ group: 'g' }, { group: undefined }])('leaving $group takes everybody of the user out', ({ group }) => {
    const byUser = add('by-user', { userId: 'ann' });
    const byConnection = add('by-connection', { userId: 'ann' });
    const other = add('other', { userId: 'bob' });
    join('by-connection', 'g');
    join('other', 'g');
    lane.changeGroup({ change: 'join', subject, group: 'g' });
    lane.changeGroup({ change: 'leave', subject, group });
    const late = add('late', { userId: 'ann' });
    expect(copies({ to: 'groups', groups: ['g'] }, byUser, byConnection, late, other)).toEqual([0, 0, 0, 1]);
  });

  test('leaving is acked for users that nobody knows', async () => {
    expect(await lane.changeGroupAcked({ change: 'leave', subject: { userId: 'nobody' }, group: 'g' })).toBe(true);
  });
});

describe('checks', () => {
  const inGroup: ExistenceCheck = { exists: 'user-in-group', userId: 'ann', group: 'g' };

  test('connections, users and groups exist while somebody is there', async () => {
    const a = add('a', { userId: 'ann' });
    join('a', 'g');
    const all: ExistenceCheck[] = [
      { exists: 'connection', connectionId: 'a' },
      { exists: 'user', userId: 'ann' },
      { exists: 'group', group: 'g' },
      inGroup,
    ];
    expect(await Promise.all(all.map((one) => lane.check(one)))).toEqual([true, true, true, true]);
    hub.remove(a);
    expect(await Promise.all(all.map((one) => lane.check(one)))).toEqual([false, false, false, false]);
  });

  test('a user is in a group by memory alone, until that ends', async () => {
    lane.changeGroup({ change: 'join', subject: { userId: 'ann', ttlSeconds: 10 }, group: 'g' });
    expect(await lane.check(inGroup)).toBe(true);
    expect(await lane.check({ exists: 'group', group: 'g' })).toBe(false);
    now = START + 10_000;
    expect(await lane.check(inGroup)).toBe(false);
  });

  test('a user is in a group when one of its connections is', async () => {
    add('1', { userId: 'ann' });
    add('2', { userId: 'ann' });
    join('2', 'g');
    expect(await lane.check(inGroup)).toBe(true);
    expect(await lane.check({ ...inGroup, userId: 'bob' })).toBe(false);
  });
});

describe('closes', () => {
  test.each<{ target: CloseTarget; closed: string[] }>([
    { target: { close: 'connection', connectionId: 'a' }, closed: ['a'] },
    { target: { close: 'connection', connectionId: 'gone' }, closed: [] },
    { target: { close: 'all', exceptConnections: ['c'] }, closed: ['a', 'b', 'd'] },
    { target: { close: 'user', userId: 'ann', exceptConnections: ['b'] }, closed: ['a'] },
    { target: { close: 'group', group: 'g', exceptConnections: ['a'] }, closed: ['b', 'c'] },
    { target: { close: 'group', group: 'none', exceptConnections: [] }, closed: [] },
  ])('$target closes $closed', async ({ target, closed }) => {
    const members = [add('a', { userId: 'ann' }), add('b', { userId: 'ann' }), add('c'), add('d')];
    for (const id of ['a', 'b', 'c']) join(id, 'g');
    expect(await lane.close(target, 'bye')).toBe(closed.length);
    const ended = members.filter((member) => member.closedFor.length === 1);
    expect(ended.map((member) => member.connectionId)).toEqual(closed);
    for (const { closedFor } of ended) expect(closedFor[0]?.frame).toEqual({ error: 'bye', allowReconnect: true });
  });
});

describe('client results', () => {
  const invocation = { invocationId: 'inv', connectionId: 'a', callerServerId: 'caller', payloads: PAYLOADS };

  test('the server of the client is told before the client is asked', async () => {
    const order: string[] = [];
    const a = add('a', { route: 'other-server' });
    a.deliver = () => order.push('asked');
    a.expectResult = () => {
      order.push('told');
      return 'other-server';
    };
    const { isRouted, outcome } = lane.invoke(invocation);
    expect(isRouted).toBe(true);
    expect(order).toEqual(['told', 'asked']);
    lane.completeInvoke('inv', 'a', { kind: 'completed', protocol: 'json', payload: Buffer.from('r') });
    expect(await outcome).toMatchObject({ kind: 'completed' });
  });

  test.each([
    { change: { connectionId: 'gone' }, why: 'no-connection', error: "Connection 'gone' does not exist." },
    { change: { payloads: [] }, why: 'no-payload', error: "No payload for the hub protocol of connection 'a'." },
  ])('fail at once: $error', async ({ change, why, error }) => {
    const a = add('a');
    const { isRouted, outcome } = lane.invoke({ ...invocation, ...change });
    expect(isRouted).toBe(false);
    expect(await outcome).toEqual({ kind: 'failed', why, error });
    expect([a.delivered, a.expected]).toEqual([[], []]);
  });

  test('fail when the client leaves', async () => {
    const a = add('a');
    const { outcome } = lane.invoke(invocation);
    hub.remove(a);
    expect(await outcome).toEqual({ kind: 'failed', why: 'disconnected', error: "Connection 'a' disconnected." });
  });

  test('fail after ten minutes', async () => {
    add('a');
    const { outcome } = lane.invoke(invocation);
    hub.sweep(START + 599_999);
    expect(hub.results.count).toBe(1);
    hub.sweep(START + 600_000);
    expect(await outcome).toEqual({ kind: 'failed', why: 'timed-out', error: 'Invocation timed out.' });
  });

  test('fail after the time that the caller gives', async () => {
    add('a');
    const { outcome } = lane.invoke({ ...invocation, timeoutMs: 1000 });
    hub.sweep(START + 999);
    expect(hub.results.count).toBe(1);
    hub.sweep(START + 1000);
    expect(await outcome).toMatchObject({ why: 'timed-out' });
  });

  test.each([
    { invocationId: 'one', error: "Invocation id 'one' is already in use." },
    { invocationId: 'three', error: 'Too many client results are pending.' },
  ])('are refused before the client is asked: $error', async ({ invocationId, error }) => {
    const a = add('a');
    const first = lane.invoke({ ...invocation, invocationId: 'one' });
    lane.invoke({ ...invocation, invocationId: 'two' });
    const { isRouted, outcome } = lane.invoke({ ...invocation, invocationId });
    expect(isRouted).toBe(false);
    expect(await outcome).toEqual({ kind: 'failed', why: 'refused', error });
    expect(a.delivered).toHaveLength(2);
    expect(lane.completeInvoke('one', 'a', { kind: 'delivered' })).toBe(true);
    expect(await first.outcome).toEqual({ kind: 'delivered' });
  });
});

test('pages of a group come in order, and a foreign token is refused', async () => {
  for (const id of ['b', 'a']) {
    add(id);
    join(id, 'g');
  }
  const page = await lane.groupMembers('g', 1, undefined);
  expect(page.members).toEqual([{ connectionId: 'a', userId: undefined }]);
  await expect(lane.groupMembers('g', 1, 'foreign')).rejects.toThrow(RangeError);
});

test('a filter selects connections', async () => {
  add('a', { userId: 'ann' });
  add('b', { userId: 'bob' });
  join('b', 'g');
  expect(await lane.select(undefined)).toEqual(['a', 'b']);
  expect(await lane.select('')).toEqual(['a', 'b']);
  expect(await lane.select("'g' in groups")).toEqual(['b']);
  await expect(lane.select('groups')).rejects.toThrow(FilterSyntaxError);
});
