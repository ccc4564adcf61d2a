import { isConnection, userJoinGroup } from '../../wire/hub-requests.ts';
import { type ServiceMessage, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { ackedForNothing, allAcks, byType, fanOuts, withField } from '../service-rewrites.ts';

const OK = 1;
const NOT_FOUND = 2;
const { JoinGroup, LeaveGroup, JoinGroupWithAck, LeaveGroupWithAck, GroupBroadcastData } = ServiceType;

/** The connection is looked up, as for the true request, and nothing else is done. */
function lookedUpOnly([, connectionId, , ackId]: ServiceMessage): readonly ServiceMessage[] {
  return [isConnection(String(connectionId))(Number(ackId))];
}

function lowerCased(at: number): (message: ServiceMessage) => readonly ServiceMessage[] {
  return (message) => [withField(message, at, String(message[at]).toLowerCase())];
}

export const GROUP_FAULTS: readonly Fault[] = [
  {
    name: 'joins are lost',
    turnsRed: [
      'groups.join.takes-effect-in-order',
      'groups.join.acked-when-in-effect',
      'groups.join.by-another-server',
      'groups.membership.ends-with-the-connection',
      'groups.membership.outlives-who-made-it',
      'groups.names.differ-by-case',
      'acks.exists.user-in-group-by-connection',
      'acks.exists.group',
      'acks.members.all',
    ],
    fromServer: byType({ [JoinGroup]: () => [], [JoinGroupWithAck]: lookedUpOnly }),
  },
  {
    name: 'joins take effect at once for what came before',
    turnsRed: ['groups.join.takes-effect-in-order'],
    toClient: (frame) =>
      frame.data.toString().includes('"behind"')
        ? [{ data: Buffer.from('{"type":1,"target":"before","arguments":[]}\u001e'), isBinary: false }, frame]
        : [frame],
  },
  {
    name: 'messages for groups come twice',
    turnsRed: ['groups.join.twice-is-once', 'users.join.twice-is-once'],
    fromServer: fanOuts([GroupBroadcastData], (message) => [message, message]),
  },
  {
    name: 'leaves are lost',
    turnsRed: [
      'groups.join.twice-is-once',
      'groups.leave.takes-effect-in-order',
      'groups.leave.acked',
      'groups.leave.nil-is-all-groups',
      'groups.leave.nil-without-ack',
    ],
    fromServer: byType({ [LeaveGroup]: () => [], [LeaveGroupWithAck]: lookedUpOnly }),
  },
  {
    name: 'who leaves one group leaves all',
    turnsRed: ['groups.leave.acked'],
    fromServer: byType({ [LeaveGroupWithAck]: (message) => [withField(message, 2, null)] }),
  },
  {
    name: 'everything is Ok',
    turnsRed: [
      'groups.join.unknown-connection',
      'groups.leave.unknown-connection',
      'groups.membership.ends-with-the-connection',
      'groups.names.differ-by-case',
      'groups.scope.is-the-hub',
      'acks.exists.connection',
      'acks.exists.user',
      'acks.exists.group',
      'acks.exists.user-in-group',
      'acks.close.unknown-connection',
      'acks.close.gone-before-told',
    ],
    toServer: allAcks(OK),
  },
  {
    name: 'nothing is found',
    turnsRed: [
      'groups.leave.non-member',
      'groups.join.twice-is-once',
      'users.join.is-acked',
      'users.join.before-any-connection',
      'users.leave.unknown-user',
      'acks.form.for-weak-connections',
      'acks.exists.user-in-group-by-connection',
      'acks.members.of-an-unknown-group',
    ],
    toServer: allAcks(NOT_FOUND),
  },
  {
    name: 'names of groups are compared without case',
    turnsRed: ['groups.names.differ-by-case'],
    fromServer: byType({ [JoinGroupWithAck]: lowerCased(2), [GroupBroadcastData]: lowerCased(1) }),
  },
  {
    name: 'names of groups are words',
    turnsRed: ['groups.names.are-any-text'],
    fromServer: byType({
      [JoinGroupWithAck]: (message) => (/^\w+$/.test(String(message[2])) ? [message] : ackedForNothing(3)(message)),
    }),
  },
  {
    name: 'connections bring their users along',
    turnsRed: ['groups.scope.is-the-connection'],
    fromServer: byType({
      [JoinGroupWithAck]: (message) => [userJoinGroup('ann', String(message[2])), message],
    }),
  },
];
