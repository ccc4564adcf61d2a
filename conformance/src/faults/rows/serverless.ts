import { ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';

export const SERVERLESS_FAULTS: readonly Fault[] = [
  {
    name: 'handshakes of serverless clients fail',
    turnsRed: [
      'serverless.handshake.answered-json',
      'serverless.handshake.answered-messagepack',
      'classic.without-server.is-serverless',
    ],
    toClient: ({ data, isBinary }) => [
      { data: Buffer.from(data.toString().replace(/^\{\}/, '{"error":"no"}')), isBinary },
    ],
  },
  {
    name: 'any hub protocol will do',
    turnsRed: ['serverless.handshake.unknown-protocol'],
    fromClient: ({ data, isBinary }) => [{ data: Buffer.from(data.toString().replace('nope', 'json')), isBinary }],
  },
  {
    name: 'clients get no pings, and no other messages of the service',
    turnsRed: [
      'serverless.pings.come',
      'serverless.messages.stream-invocation',
      'serverless.messages.malformed',
      'classic.invocation.without-server',
    ],
    toClient: (message) => (message.data.toString().startsWith('{"type"') ? [] : [message]),
  },
  {
    name: 'every server connection is accepted',
    turnsRed: ['serverless.servers.default-is-refused'],
    toServer: (message) =>
      message[0] === ServiceType.HandshakeResponse ? [[ServiceType.HandshakeResponse, '']] : [message],
  },
  {
    name: 'every server connection is refused',
    turnsRed: [
      'serverless.servers.weak-is-accepted',
      'classic.with-server.is-routed',
      'classic.serverless-client.stays-serverless',
    ],
    toServer: (message) =>
      message[0] === ServiceType.HandshakeResponse ? [[ServiceType.HandshakeResponse, 'no']] : [message],
  },
  {
    name: 'goodbyes of clients are lost',
    turnsRed: ['serverless.close.client-says-goodbye'],
    fromClient: (message) => (message.data.toString().includes('"type":7') ? [] : [message]),
  },
];
