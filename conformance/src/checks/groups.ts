import { area, type Check } from '../check.ts';
import { requireReceived, settled } from '../received.ts';
import { requireEqual } from '../require.ts';
import { come, together, trio } from '../trio.ts';
import * as requests from '../wire/hub-requests.ts';
import { ServiceType } from '../wire/service-message.ts';

const OK = 1;
const NOT_FOUND = 2;

const JOINS: readonly Check[] = [
  {
    id: 'join.takes-effect-in-order',
    requires: 'JoinGroup (11) is in effect for what the same server connection sends behind it.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const { server, a } = await trio(stage);
      server.send(requests.toGroup('g', 'before'));
      server.send(requests.joinGroup(a.connectionId, 'g'));
      server.send(requests.toGroup('g', 'behind'));
      await requireReceived(server, a, ['behind']);
    },
  },
  {
    id: 'join.acked-when-in-effect',
    requires: 'Once JoinGroupWithAck (18) is acked, what any server connection sends to the group reaches the client.',
    source: 'service-protocol 8.4',
    async run(stage) {
      const { server, a } = await trio(stage);
      const other = await stage.server();
      requireEqual('the status', await server.acked(requests.joinGroupAcked(a.connectionId, 'g')), OK);
      other.send(requests.toGroup('g', 'hello'));
      await requireReceived(other, a, ['hello']);
    },
  },
  {
    id: 'join.by-another-server',
    requires: 'A server connection can put a client of another server into a group.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const { a } = await trio(stage);
      const other = await stage.server({ connectionType: 2 });
      requireEqual('the status', await other.acked(requests.joinGroupAcked(a.connectionId, 'g')), OK);
      other.send(requests.toGroup('g', 'hello'));
      await requireReceived(other, a, ['hello']);
    },
  },
  {
    id: 'join.twice-is-once',
    requires: 'A client that joins twice gets one copy, and is out when it leaves once; both joins are Ok.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage);
      const join = requests.joinGroupAcked(a.connectionId, 'g');
      requireEqual('the statuses', [await server.acked(join), await server.acked(join)], [OK, OK]);
      server.send(requests.toGroup('g', 'once'));
      await server.acked(requests.leaveGroupAcked(a.connectionId, 'g'));
      server.send(requests.toGroup('g', 'out'));
      await requireReceived(server, a, ['once']);
    },
  },
  {
    id: 'join.unknown-connection',
    requires: 'JoinGroupWithAck for an unknown connection is NotFound.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const server = await stage.server();
      requireEqual('the status', await server.acked(requests.joinGroupAcked('unknown', 'g')), NOT_FOUND);
      requireEqual('the group', await server.acked(requests.isGroup('g')), NOT_FOUND);
    },
  },
];

const LEAVES: readonly Check[] = [
  {
    id: 'leave.takes-effect-in-order',
    requires: 'LeaveGroup (12) is in effect for what the same server connection sends behind it.',
    source: 'service-protocol 8.2',
    async run(stage) {
      const { server, a, b } = await trio(stage);
      await together(server, 'g', [a, b]);
      server.send(requests.toGroup('g', 'before'));
      server.send(requests.leaveGroup(a.connectionId, 'g'));
      server.send(requests.toGroup('g', 'behind'));
      await requireReceived(server, a, ['before']);
      await requireReceived(server, b, ['before', 'behind']);
    },
  },
  {
    id: 'leave.acked',
    requires: 'LeaveGroupWithAck (19) takes a client out of that group alone, and is Ok.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage);
      await together(server, 'g', [a]);
      await together(server, 'h', [a]);
      requireEqual('the status', await server.acked(requests.leaveGroupAcked(a.connectionId, 'g')), OK);
      server.send(requests.toGroup('g', 'left'));
      server.send(requests.toGroup('h', 'stayed'));
      await requireReceived(server, a, ['stayed']);
    },
  },
  {
    id: 'leave.nil-is-all-groups',
    requires: 'LeaveGroupWithAck without a group takes a client out of all its groups.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a, b } = await trio(stage);
      await together(server, 'g', [a, b]);
      await together(server, 'h', [a]);
      requireEqual('the status', await server.acked(requests.leaveGroupAcked(a.connectionId, null)), OK);
      server.send(requests.toGroups(['g', 'h'], 'hello'));
      await requireReceived(server, a, []);
      await requireReceived(server, b, ['hello']);
    },
  },
  {
    id: 'leave.nil-without-ack',
    requires: 'LeaveGroup without a group takes a client out of all its groups.',
    source: 'service-protocol 4.7',
    severity: 'should',
    async run(stage) {
      const { server, a } = await trio(stage);
      await together(server, 'g', [a]);
      await together(server, 'h', [a]);
      server.send(requests.leaveGroup(a.connectionId, null));
      server.send(requests.toGroups(['g', 'h'], 'hello'));
      await requireReceived(server, a, []);
    },
  },
  {
    id: 'leave.non-member',
    requires: 'LeaveGroupWithAck for a client that is not in the group is Ok.',
    source: 'service-protocol 8.3',
    severity: 'should',
    async run(stage) {
      const { server, a } = await trio(stage);
      requireEqual('the status', await server.acked(requests.leaveGroupAcked(a.connectionId, 'g')), OK);
    },
  },
  {
    id: 'leave.unknown-connection',
    requires: 'LeaveGroupWithAck for an unknown connection is NotFound.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const server = await stage.server();
      requireEqual('the status', await server.acked(requests.leaveGroupAcked('unknown', 'g')), NOT_FOUND);
    },
  },
];

const SCOPE: readonly Check[] = [
  {
    id: 'membership.ends-with-the-connection',
    requires: 'When the last member of a group is gone, the group is.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage);
      await together(server, 'g', [a]);
      requireEqual('the group with a member', await server.acked(requests.isGroup('g')), OK);
      a.socket.drop();
      await server.nextOf(ServiceType.CloseConnection, a.connectionId);
      requireEqual('the group without members', await server.acked(requests.isGroup('g')), NOT_FOUND);
    },
  },
  {
    id: 'membership.outlives-who-made-it',
    requires: 'A membership stays when the server connection that made it is gone.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage);
      const other = await stage.server();
      await together(other, 'g', [a]);
      other.socket.drop();
      await other.ended;
      await settled(server);
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, a, ['hello']);
    },
  },
  {
    id: 'names.differ-by-case',
    requires: 'Names of groups compare with case.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a, b } = await trio(stage);
      await together(server, 'room', [a]);
      await together(server, 'Room', [b]);
      server.send(requests.toGroup('Room', 'hello'));
      await requireReceived(server, a, []);
      await requireReceived(server, b, ['hello']);
      requireEqual('the group ROOM', await server.acked(requests.isGroup('ROOM')), NOT_FOUND);
    },
  },
  {
    id: 'names.are-any-text',
    requires: 'A group may have any name that is not empty: spaces, slashes, quotes, beyond ASCII.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage);
      const names = [' a b/c?d=e&f', `'"\\`, 'größe \u{1f600}', '__proto__', 'x'.repeat(300)];
      for (const name of names) {
        await together(server, name, [a]);
        server.send(requests.toGroup(name, 'hello'));
      }
      await requireReceived(
        server,
        a,
        names.map(() => 'hello'),
      );
    },
  },
  {
    id: 'scope.is-the-hub',
    requires: 'Groups of the same name in two hubs have nothing in common.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a } = await trio(stage);
      const hub = `${stage.hub}other`;
      const elsewhere = await stage.server({ hub });
      const { client } = await stage.join(elsewhere, { hub });
      await together(server, 'g', [a]);
      requireEqual('the group of the other hub', await elsewhere.acked(requests.isGroup('g')), NOT_FOUND);
      await together(elsewhere, 'g', [client]);
      server.send(requests.toGroup('g', 'hello'));
      await settled(server);
      await requireReceived(elsewhere, client, []);
      await requireReceived(server, a, ['hello']);
    },
  },
  {
    id: 'scope.is-the-connection',
    requires: 'A connection that joins a group does not bring its user into it.',
    source: 'service-protocol 8.3',
    async run(stage) {
      const { server, a, b } = await trio(stage, { a: 'ann', b: 'ann' });
      await together(server, 'g', [a]);
      const later = await come(stage, server, 'ann');
      server.send(requests.toGroup('g', 'hello'));
      await requireReceived(server, a, ['hello']);
      await requireReceived(server, b, []);
      await requireReceived(server, later, []);
    },
  },
];

export const GROUP_CHECKS: readonly Check[] = area('groups', { modes: ['Default', 'Classic'] }, [
  ...JOINS,
  ...LEAVES,
  ...SCOPE,
]);
