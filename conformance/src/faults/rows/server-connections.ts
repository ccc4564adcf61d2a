import { pingValue, type ServiceMessage, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';

/** Changes the value behind a key of the pings that have it. */
function changedPing(key: string, change: (value: string) => string): NonNullable<Fault['toServer']> {
  return (message) => {
    const value = message[0] === ServiceType.Ping ? pingValue(message, key) : undefined;
    if (value === undefined) return [message];
    const changed = message.map((one, index) => (index > 0 && message[index - 1] === key ? change(value) : one));
    return [changed as unknown as ServiceMessage];
  };
}

export const SERVER_CONNECTION_FAULTS: readonly Fault[] = [
  {
    name: 'refused upgrades get 500',
    turnsRed: [
      'server-connections.upgrade.without-token',
      'server-connections.upgrade.with-client-token',
      'server-connections.upgrade.without-hub',
      'server-connections.upgrade.two-hubs',
    ],
    answer: (answer) => ({ ...answer, status: 500 }),
  },
  {
    name: 'handshakes of server connections fail',
    turnsRed: [
      'server-connections.handshake.weak-is-accepted',
      'server-connections.handshake.two-elements',
      'server-connections.messages.unknown-types-are-ignored',
      'server-connections.messages.further-elements-are-ignored',
    ],
    toServer: (message) => (message[0] === ServiceType.HandshakeResponse ? [[2, 'No.']] : [message]),
  },
  {
    name: 'handshakes of server connections always succeed',
    turnsRed: ['server-connections.handshake.unwanted-on-demand', 'server-handshake.refuses-other-version'],
    toServer: (message) => (message[0] === ServiceType.HandshakeResponse ? [[2, '']] : [message]),
  },
  {
    name: 'messages before the handshake are lost',
    turnsRed: ['server-connections.handshake.must-come-first'],
    fromServer: (message) => (message[0] === ServiceType.Ping ? [] : [message]),
  },
  {
    name: 'service errors are lost',
    turnsRed: ['server-connections.messages.malformed-ends-the-connection'],
    toServer: (message) => (message[0] === ServiceType.ServiceError ? [] : [message]),
  },
  {
    name: 'acks say that everything exists',
    turnsRed: [
      'server-connections.messages.unknown-types-are-ignored',
      'server-connections.messages.further-elements-are-ignored',
    ],
    toServer: (message) => (message[0] === ServiceType.Ack ? [[20, message[1] ?? 0, 1, '']] : [message]),
  },
  {
    name: 'status says that there are clients',
    turnsRed: ['server-connections.pings.status-of-an-empty-hub'],
    toServer: changedPing('status', () => '1'),
  },
  {
    name: 'counts are of nobody',
    turnsRed: ['server-connections.pings.status-counts'],
    toServer: changedPing('clientcount', () => '0'),
  },
  {
    name: 'servers are not sorted',
    turnsRed: ['server-connections.pings.servers-are-sorted'],
    toServer: changedPing('servers', (value) =>
      value.replace(/:(.*)$/, (_, ids: string) => `:${ids.split(';').toReversed().join(';')}`),
    ),
  },
  {
    name: 'the timestamp of servers stands still',
    turnsRed: ['server-connections.pings.servers-timestamp-grows'],
    toServer: changedPing('servers', (value) => value.replace(/^\d+/, '1')),
  },
  {
    name: 'echoes are echoed',
    turnsRed: ['server-connections.pings.echo-is-not-echoed'],
    toServer: (message) => (message[0] === ServiceType.Ack ? [[3, 'echo', 'abc'], message] : [message]),
  },
];
