import { area, type Check } from '../check.ts';
import type { AppServer } from '../peers/app-server.ts';
import { requireReceived } from '../received.ts';
import { requireEqual } from '../require.ts';
import { come, together, trio } from '../trio.ts';
import { requireInTime } from '../until.ts';
import * as requests from '../wire/hub-requests.ts';

const OK = 1;
const NOT_FOUND = 2;
const LONG_SECONDS = 60;

/** Waits until a user is no longer in a group. */
function expiry(server: AppServer, userId: string, group: string): Promise<void> {
  return requireInTime(
    `the status for ${userId} in ${group}`,
    () => server.acked(requests.isUserInGroup(userId, group)),
    NOT_FOUND,
  );
}

const JOINS: readonly Check[] = [
  {
    id: 'join.open-connections',
    requires: 'UserJoinGroup (16) brings every open connection of its user into the group, and no other.',
    source: 'rest-api 7.4',
    async run(stage) {
      const { server, a, b, c } = await trio(stage, { a: 'ann', b: 'ann', c: 'Ann' });
      server.send(requests.userJoinGroup('ann', 'g'));
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, a, ['hello']);
      await requireReceived(server, b, ['hello']);
      await requireReceived(server, c, []);
    },
  },
  {
    id: 'join.is-acked',
    requires: 'UserJoinGroupWithAck (26) is Ok and in effect once it is acked.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      const other = await stage.server();
      requireEqual('the status', await server.acked(requests.userJoinGroupAcked('ann', 'g')), OK);
      other.send(requests.toGroup('g', 'hello'));
      await requireReceived(other, a, ['hello']);
    },
  },
  {
    id: 'join.before-any-connection',
    requires: 'A user who was never connected may join, Ok, and is in the group with the connections that come.',
    source: 'rest-api 7.4',
    async run(stage) {
      const server = await stage.server();
      requireEqual('the status', await server.acked(requests.userJoinGroupAcked('ann', 'g')), OK);
      const [first, second] = [await come(stage, server, 'ann'), await come(stage, server, 'ann')];
      const stranger = await come(stage, server, 'bob');
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, first, ['hello']);
      await requireReceived(server, second, ['hello']);
      await requireReceived(server, stranger, []);
    },
  },
  {
    id: 'join.is-remembered',
    requires: 'A user who joined without ttl is in the group with later connections too, also when none was left.',
    source: 'rest-api 7.4',
    severity: 'should',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      await server.acked(requests.userJoinGroupAcked('ann', 'g'));
      a.socket.close();
      await requireInTime('the status for ann', () => server.acked(requests.isUser('ann')), NOT_FOUND);
      requireEqual('the group without connections', await server.acked(requests.isGroup('g')), NOT_FOUND);
      const later = await come(stage, server, 'ann');
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, later, ['hello']);
    },
  },
  {
    id: 'join.twice-is-once',
    requires: 'A connection that joined by itself and with its user gets one copy.',
    source: 'rest-api 7.4',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      await together(server, 'g', [a]);
      await server.acked(requests.userJoinGroupAcked('ann', 'g'));
      await server.acked(requests.userJoinGroupAcked('ann', 'g', LONG_SECONDS));
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, a, ['hello']);
    },
  },
];

const TTLS: readonly Check[] = [
  {
    id: 'ttl.zero-is-not-remembered',
    requires: 'With ttl 0 the open connections of a user join, and later ones do not.',
    source: 'rest-api 7.4',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      requireEqual('the status', await server.acked(requests.userJoinGroupAcked('ann', 'g', 0)), OK);
      const later = await come(stage, server, 'ann');
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, a, ['hello']);
      await requireReceived(server, later, []);
    },
  },
  {
    id: 'ttl.positive-is-remembered',
    requires: 'With a positive ttl the open connections of a user join, and so do those that come in time.',
    source: 'rest-api 7.4',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      server.send(requests.userJoinGroup('ann', 'g', LONG_SECONDS));
      const later = await come(stage, server, 'ann');
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, a, ['hello']);
      await requireReceived(server, later, ['hello']);
    },
  },
  {
    id: 'ttl.over-for-later-connections',
    requires: 'A connection that comes after the ttl of its user is not in the group.',
    source: 'rest-api 7.4',
    async run(stage) {
      const server = await stage.server();
      await server.acked(requests.userJoinGroupAcked('ann', 'g', 1));
      await expiry(server, 'ann', 'g');
      const later = await come(stage, server, 'ann');
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, later, []);
    },
  },
  {
    id: 'ttl.over-for-open-connections',
    requires: 'When the ttl is over, the open connections of the user leave, but those that joined by themselves stay.',
    source: 'rest-api 7.4',
    severity: 'should',
    async run(stage) {
      const { server, a, b } = await trio(stage, { a: 'ann', b: 'ann' });
      await together(server, 'g', [b]);
      await server.acked(requests.userJoinGroupAcked('ann', 'g', 1));
      await server.acked(requests.userJoinGroupAcked('ann', 'h', 1));
      server.send(requests.toGroup('g', 'in-time'));
      await expiry(server, 'ann', 'h');
      server.send(requests.toGroups(['g', 'h'], 'over'));
      await requireReceived(server, a, ['in-time']);
      await requireReceived(server, b, ['in-time', 'over']);
    },
  },
  {
    id: 'ttl.is-replaced',
    requires: 'A user who joins again has the ttl of the last time.',
    source: 'rest-api 7.4',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann', b: 'bob' });
      await server.acked(requests.userJoinGroupAcked('ann', 'g', 1));
      await server.acked(requests.userJoinGroupAcked('ann', 'g', LONG_SECONDS));
      // Began later and lasts as long as the first ttl: once it is over, so would that one be.
      await server.acked(requests.userJoinGroupAcked('bob', 'g', 1));
      await expiry(server, 'bob', 'g');
      const later = await come(stage, server, 'ann');
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, a, ['hello']);
      await requireReceived(server, later, ['hello']);
    },
  },
];

const LEAVES: readonly Check[] = [
  {
    id: 'leave.open-and-later-connections',
    requires: 'UserLeaveGroup (17) takes the connections of a user out of that group alone, and later ones stay out.',
    source: 'rest-api 7.4',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      for (const group of ['g', 'h']) await server.acked(requests.userJoinGroupAcked('ann', group));
      server.send(requests.userLeaveGroup('ann', 'g'));
      const later = await come(stage, server, 'ann');
      server.send(requests.toGroup('g', 'left'));
      server.send(requests.toGroup('h', 'stayed'));
      await requireReceived(server, a, ['stayed']);
      await requireReceived(server, later, ['stayed']);
    },
  },
  {
    id: 'leave.also-joined-by-connection',
    requires: 'A user who leaves takes along connections that joined by themselves.',
    source: 'rest-api 7.4',
    severity: 'should',
    async run(stage) {
      const { server, a } = await trio(stage, { a: 'ann' });
      await together(server, 'g', [a]);
      requireEqual('the status', await server.acked(requests.userLeaveGroupAcked('ann', 'g')), OK);
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, a, []);
    },
  },
  {
    id: 'leave.nil-is-all-groups',
    requires: 'UserLeaveGroupWithAck (27) without a group takes a user out of all groups, others stay.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a, b } = await trio(stage, { a: 'ann', b: 'bob' });
      for (const user of ['ann', 'bob']) {
        for (const group of ['g', 'h']) await server.acked(requests.userJoinGroupAcked(user, group));
      }
      await server.acked(requests.userLeaveGroupAcked('ann', null));
      const later = await come(stage, server, 'ann');
      server.send(requests.toGroups(['g', 'h'], 'hello'));
      await requireReceived(server, a, []);
      await requireReceived(server, later, []);
      await requireReceived(server, b, ['hello', 'hello']);
    },
  },
  {
    id: 'leave.unknown-user',
    requires: 'UserLeaveGroupWithAck is Ok for a user and a group that nobody knows, with and without the group.',
    source: 'service-protocol 8.3',
    severity: 'should',
    async run(stage) {
      const server = await stage.server();
      requireEqual('the status', await server.acked(requests.userLeaveGroupAcked('nobody', 'g')), OK);
      requireEqual('the status for all', await server.acked(requests.userLeaveGroupAcked('nobody', null)), OK);
    },
  },
];

export const USER_CHECKS: readonly Check[] = area('users', { modes: ['Default', 'Classic'] }, [
  ...JOINS,
  ...TTLS,
  ...LEAVES,
]);
