import { PackMap, type PackValue } from '../../wire/message-pack.ts';
import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { ackedForNothing, byType, withField } from '../service-rewrites.ts';

const { UserJoinGroup, UserLeaveGroup, UserJoinGroupWithAck, UserLeaveGroupWithAck } = ServiceType;
const TTL = 2;

/** Users join with other extensions. */
function joinsWith(change: (extensions: PackValue | undefined) => PackMap): NonNullable<Fault['fromServer']> {
  const at = (index: number) => (message: ServiceMessage) => [withField(message, index, change(message[index]))];
  return byType({ [UserJoinGroup]: at(3), [UserJoinGroupWithAck]: at(4) });
}

function ttl(seconds: number): PackMap {
  return new PackMap([[TTL, seconds]]);
}

export const USER_FAULTS: readonly Fault[] = [
  {
    name: 'joins of users are lost',
    turnsRed: [
      'users.join.open-connections',
      'users.join.is-acked',
      'users.ttl.zero-is-not-remembered',
      'acks.exists.user-in-group',
    ],
    fromServer: byType({ [UserJoinGroup]: () => [], [UserJoinGroupWithAck]: ackedForNothing(3) }),
  },
  {
    name: 'users are not remembered',
    turnsRed: ['users.join.before-any-connection', 'users.join.is-remembered', 'users.ttl.positive-is-remembered'],
    fromServer: joinsWith(() => ttl(0)),
  },
  {
    name: 'ttl is not read',
    turnsRed: [
      'users.ttl.zero-is-not-remembered',
      'users.ttl.over-for-later-connections',
      'users.ttl.over-for-open-connections',
    ],
    fromServer: joinsWith(() => NO_EXTENSIONS),
  },
  {
    name: 'every ttl is a second',
    turnsRed: ['users.ttl.is-replaced'],
    fromServer: joinsWith(() => ttl(1)),
  },
  {
    name: 'expired users take along what joined by itself',
    turnsRed: ['users.ttl.over-for-open-connections'],
    fromServer: byType({ [ServiceType.JoinGroupWithAck]: ackedForNothing(3) }),
  },
  {
    name: 'leaves of users are lost',
    turnsRed: [
      'users.leave.open-and-later-connections',
      'users.leave.also-joined-by-connection',
      'users.leave.nil-is-all-groups',
    ],
    fromServer: byType({ [UserLeaveGroup]: () => [], [UserLeaveGroupWithAck]: ackedForNothing(3) }),
  },
  {
    name: 'users who leave one group leave all',
    turnsRed: ['users.leave.open-and-later-connections'],
    fromServer: byType({ [UserLeaveGroup]: (message) => [withField(message, 2, null)] }),
  },
];
