import { pingValue, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';

export const SHUTDOWN_FAULTS: readonly Fault[] = [
  {
    name: 'shutdown is not answered',
    turnsRed: [
      'shutdown.fin-0.is-answered',
      'shutdown.fin-1.is-answered',
      'shutdown.fin-2.is-answered',
      'shutdown.fin-is-answered-again',
    ],
    toServer: (message) =>
      message[0] === ServiceType.Ping && pingValue(message, 'shutdown') !== undefined ? [] : [message],
  },
  {
    name: 'clients are never moved',
    turnsRed: [
      'shutdown.migrate.moves-clients',
      'shutdown.migrate.client-notices-nothing',
      'shutdown.migrate.groups-stay',
    ],
    fromServer: (message) =>
      pingValue(message, 'shutdown') === 'fin:1' ? [[ServiceType.Ping, 'shutdown', 'fin:2']] : [message],
  },
  {
    name: 'every server asks for migration',
    turnsRed: ['shutdown.migrate.not-without-the-level'],
    fromServer: (message) =>
      message[0] === ServiceType.HandshakeRequest ? [[1, 1, 0, '', 1, message[5] ?? null, false]] : [message],
  },
  {
    name: 'what clients send is lost',
    turnsRed: ['shutdown.migrate.nobody-else-there', 'shutdown.migrate.not-without-the-level'],
    fromClient: (message) => (message.data.toString().startsWith('{"type":6') ? [] : [message]),
  },
];
