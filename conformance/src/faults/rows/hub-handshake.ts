import type { SocketMessage } from '../../peers/web-socket.ts';
import { ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { byType } from '../service-rewrites.ts';

const replaced = (from: string | RegExp, to: string) => (message: SocketMessage) => [
  { ...message, data: Buffer.from(message.data.toString().replace(from, to)) },
];

export const HUB_HANDSHAKE_FAULTS: readonly Fault[] = [
  {
    name: 'refusals of handshakes have another text',
    turnsRed: [
      ...['unknown', 'version', 'messagepack-version', 'not-json', 'array', 'without-protocol', 'without-version'],
      'too-long',
    ]
      .map((id) => `hub-handshake.refused.${id}`)
      .concat([
        'hub-handshake.time.no-request',
        'hub-handshake.time.half-a-request',
        'hub-handshake.time.no-answer',
        'hub-handshake.answer.of-the-app-server',
      ]),
    toClient: replaced(/^\{"error":"[^"]*/, '{"error":"no'),
  },
  {
    name: 'no handshake is accepted',
    turnsRed: ['version-0', 'version-2', 'any-case', 'further-members', 'white-space'].map(
      (id) => `hub-handshake.accepted.${id}`,
    ),
    toClient: replaced(/^\{\}/, '{"error":"no"}'),
  },
  {
    name: 'app servers get a handshake request of the service',
    turnsRed: ['hub-handshake.forwarded.as-written'],
    fromClient: replaced(',"extra":"é"', ''),
  },
  {
    name: 'app servers hear of clients of known protocols only',
    turnsRed: ['hub-handshake.forwarded.unknown-protocol'],
    fromClient: replaced('blazorpack', ''),
    toServer: byType({ [ServiceType.OpenConnection]: () => [] }),
  },
];
