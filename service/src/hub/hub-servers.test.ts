// service-protocol 6.1 (servers), 7.6 (which server connection).
import { expect, test } from 'vitest';
import { HubServers } from './hub-servers.ts';
import type { HubServer } from './server-link.ts';

interface Options {
  readonly clientCount?: number;
  readonly isAssignable?: boolean;
  readonly allowsStatefulReconnect?: boolean;
}

const ALLOWS = { allowsStatefulReconnect: true };
const TAKES_NOBODY = { isAssignable: false };

let cid = 0;

/** What assignment never asks of a server connection. */
function notAsked(): never {
  throw new Error('assignment only looks');
}

/** A server connection as far as assignment looks at it. */
function server(serverId: string, options: Options = {}) {
  const { clientCount = 0, isAssignable = true, allowsStatefulReconnect = false } = options;
  cid += 1;
  return {
    serverId,
    serverConnectionId: `cid-${cid}`,
    isAssignable,
    allowsStatefulReconnect,
    clientCount,
    canMoveClients: false,
    moveClients: notAsked,
    resumeClient: notAsked,
    requestConnection: notAsked,
    openLink: notAsked,
    takeOver: notAsked,
    answerResult: notAsked,
  };
}

function of(...servers: readonly HubServer[]): HubServers {
  const all = new HubServers();
  for (const one of servers) all.add(one);
  return all;
}

/** Assigns clients one after the other, as a hub does, and gives how many each connection got. */
function assign(servers: readonly { clientCount: number }[], all: HubServers, clients: number): number[] {
  for (let index = 0; index < clients; index++) {
    const next = all.select();
    const selected = servers.find((one) => one === next);
    if (selected !== undefined) selected.clientCount += 1;
  }
  return servers.map((one) => one.clientCount);
}

test('nobody takes a client where nobody may', () => {
  expect(of().select()).toBeUndefined();
  expect(of(server('a', { isAssignable: false })).select()).toBeUndefined();
});

test('the connection with the fewest clients takes the next', () => {
  const free = server('a', { clientCount: 2 });
  expect(of(server('a', { clientCount: 3 }), free, server('a', { clientCount: 4 })).select()).toBe(free);
});

test('the server with the fewest clients comes first, whatever its connections hold', () => {
  const busyOne = server('lightly-loaded', { clientCount: 5 });
  const many = Array.from({ length: 5 }, () => server('heavily-loaded', { clientCount: 2 }));
  expect(of(...many, busyOne).select()).toBe(busyOne);
});

test('clients on connections that take no more count for their server', () => {
  const leaving = server('a', { clientCount: 10, isAssignable: false });
  const other = server('b', { clientCount: 5 });
  expect(of(leaving, server('a'), other).select()).toBe(other);
});

test('clients spread evenly over servers, and over the connections of each', () => {
  const servers = [server('a'), server('a'), server('a'), server('b')];
  expect(assign(servers, of(...servers), 60)).toEqual([10, 10, 10, 30]);
});

test('equal connections take turns', () => {
  const servers = [server('a'), server('b'), server('c')];
  const all = of(...servers);
  const taken = Array.from({ length: 6 }, () => all.select());
  expect(new Set(taken.slice(0, 3))).toEqual(new Set(servers));
  expect(taken.slice(3)).toEqual(taken.slice(0, 3));
});

test('a connection that left takes nobody', () => {
  const gone = server('a');
  const all = of(gone, server('b', { clientCount: 100 }));
  all.remove(gone);
  expect(all.select()?.serverId).toBe('b');
  expect(all.count).toBe(1);
});

test('a client that requires its server gets it, or nobody', () => {
  const all = of(server('a', { clientCount: 50 }), server('b'));
  expect(all.select({ serverId: 'a', isRequired: true })?.serverId).toBe('a');
  expect(all.select({ serverId: 'gone', isRequired: true })).toBeUndefined();
});

test('a client that prefers its server gets it, or another', () => {
  const all = of(server('a', { clientCount: 50 }), server('b'));
  expect(all.select({ serverId: 'a', isRequired: false })?.serverId).toBe('a');
  expect(all.select({ serverId: 'gone', isRequired: false })?.serverId).toBe('b');
});

test.each([true, false])('a server that takes no more clients takes no sticky ones, required: %s', (isRequired) => {
  const all = of(server('a', { isAssignable: false }), server('b'));
  expect(all.select({ serverId: 'a', isRequired })?.serverId).toBe(isRequired ? undefined : 'b');
});

test('a server is found by its id while it has a connection, assignable or not', () => {
  const leaving = server('a', { isAssignable: false });
  const all = of(server('b'), leaving);
  expect(all.connectionOf('a')).toBe(leaving);
  expect(all.connectionOf('A')).toBeUndefined();
  all.remove(leaving);
  expect(all.connectionOf('a')).toBeUndefined();
});

test('the list of servers names each once, sorted, weak ones too', () => {
  const all = of(server('b'), server('a', { isAssignable: false }), server('b'), server('C'));
  expect(all.serverIds()).toEqual(['C', 'a', 'b']);
});

test('the timestamp of the list grows, whatever the clock does', () => {
  const all = of();
  const stamps = [1000, 1000, 2000, 1500, 2001, 3000].map((now) => all.nextListedAt(now));
  expect(stamps).toEqual([1000, 1001, 2000, 2001, 2002, 3000]);
});

test.each([
  { what: 'nobody is there', servers: [], allowed: false },
  { what: 'all allow it', servers: [server('a', ALLOWS), server('b', ALLOWS)], allowed: true },
  { what: 'one does not', servers: [server('a', ALLOWS), server('b')], allowed: false },
  {
    what: 'one that takes no clients does not',
    servers: [server('a', ALLOWS), server('b', TAKES_NOBODY)],
    allowed: true,
  },
])('stateful reconnect, where $what: $allowed', ({ servers, allowed }) => {
  expect(of(...servers).allowStatefulReconnect).toBe(allowed);
});
