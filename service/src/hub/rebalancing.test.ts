import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, DEFAULT_TIMERS } from '../config/limits.ts';
import { Rebalancing } from './rebalancing.ts';
import type { HubServer } from './server-link.ts';

function notAsked(): never {
  throw new Error('rebalancing does not ask for this');
}

interface Counts {
  readonly clients: number;
  readonly serverId?: string;
  readonly isAssignable?: boolean;
  readonly canMoveClients?: boolean;
}

/** Server connections that only count their clients, and what they were asked, in order. */
function scene(...connections: readonly Counts[]) {
  const asked: string[] = [];
  const clients = connections.map((one) => one.clients);
  const servers = connections.map(
    ({ serverId = 'one', isAssignable = true, canMoveClients = true }, index): HubServer => ({
      serverId,
      serverConnectionId: `${index}`,
      isAssignable,
      canMoveClients,
      allowsStatefulReconnect: false,
      get clientCount() {
        return clients[index] ?? 0;
      },
      moveClients(to, count) {
        asked.push(`${index} to ${to.serverConnectionId}: ${count}`);
        clients[index] = (clients[index] ?? 0) - count;
        clients[Number(to.serverConnectionId)] = (clients[Number(to.serverConnectionId)] ?? 0) + count;
      },
      requestConnection: () => asked.push(`more of ${serverId}`),
      openLink: notAsked,
      takeOver: notAsked,
      resumeClient: notAsked,
      answerResult: notAsked,
    }),
  );
  const rebalancing = new Rebalancing({ limits: DEFAULT_LIMITS, timers: DEFAULT_TIMERS });
  let now = 1_000_000;
  const sweep = (laterMs: number = DEFAULT_TIMERS.rebalanceMs) => {
    now += laterMs;
    rebalancing.sweep(servers, now);
  };
  return { asked, clients, sweep };
}

test('the fullest connection of an app server gives to the emptiest, until they are even', () => {
  const { asked, clients, sweep } = scene({ clients: 40 }, { clients: 0 }, { clients: 10 });
  sweep();
  expect(asked).toEqual(['0 to 1: 20']);
  sweep();
  expect(clients).toEqual([20, 20, 10]);
  expect(asked).toHaveLength(1);
});

test('at most so many at once', () => {
  const { asked, sweep } = scene({ clients: 900 }, { clients: 0 });
  sweep();
  expect(asked).toEqual(['0 to 1: 100']);
});

test.each([
  ['a small difference', { clients: 15 }, { clients: 0 }],
  ['less than twice as many', { clients: 59 }, { clients: 30 }],
  ['another app server', { clients: 40 }, { clients: 0, serverId: 'two' }],
  ['a connection that shuts down', { clients: 40, isAssignable: false }, { clients: 0 }],
  ['one that cannot take clients', { clients: 40 }, { clients: 0, canMoveClients: false }],
  ['one that cannot give clients', { clients: 40, canMoveClients: false }, { clients: 0 }],
])('%s: nobody moves', (_what, first, second) => {
  const { asked, sweep } = scene(first, second);
  sweep();
  expect(asked).toEqual([]);
});

test('it looks every five seconds', () => {
  const { asked, sweep } = scene({ clients: 400 }, { clients: 0 });
  sweep();
  sweep(DEFAULT_TIMERS.rebalanceMs - 1);
  expect(asked).toHaveLength(1);
  sweep(1);
  expect(asked).toEqual(['0 to 1: 100', '0 to 1: 100']);
});

test('an app server whose connections are all full is asked for one more, once a minute', () => {
  const full = { clients: DEFAULT_LIMITS.clientsPerServerConnection + 1, canMoveClients: false };
  const { asked, sweep } = scene(full, full, { ...full, serverId: 'two' }, { clients: 5, serverId: 'two' });
  sweep();
  sweep();
  expect(asked).toEqual(['more of one']);
  sweep(DEFAULT_TIMERS.onDemandMs);
  expect(asked).toEqual(['more of one', 'more of one']);
});
