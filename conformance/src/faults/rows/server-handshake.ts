import { ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';

export const SERVER_HANDSHAKE_FAULTS: readonly Fault[] = [
  {
    name: 'a ping comes before the handshake response',
    turnsRed: ['server-handshake.response-comes-first'],
    toServer: (message) =>
      message[0] === ServiceType.HandshakeResponse ? [[ServiceType.Ping, 'a', 'b'], message] : [message],
  },
  {
    name: 'server connections end with 1011',
    turnsRed: ['server-handshake.refuses-other-version'],
    close: (end, kind) => (kind === 'server' ? { ...end, code: 1011 } : end),
  },
  {
    name: 'handshake requests of six elements are refused',
    turnsRed: ['server-handshake.accepts-old-generation'],
    fromServer: (message) =>
      message[0] === ServiceType.HandshakeRequest && message.length === 6 ? [[1, 9]] : [message],
  },
  {
    name: 'no keep-alive comes',
    turnsRed: ['server-handshake.keep-alive-within-5s'],
    toServer: (message) => (message[0] === ServiceType.Ping ? [] : [message]),
  },
];
