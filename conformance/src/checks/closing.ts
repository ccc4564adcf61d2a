// What a client hears at its end, frame by frame, for each cause (client-protocol 3.6, 5.4, 5.5).

import { area, type Check } from '../check.ts';
import { requireEqual, requireMatch } from '../require.ts';
import type { Stage } from '../stage.ts';
import { RECORD_SEPARATOR } from '../wire/hub-protocol.ts';
import { NO_EXTENSIONS, ServiceType } from '../wire/service-message.ts';

const WITH_SERVER = ['Default', 'Classic'] as const;
const OVER_THE_LIMIT = 64 * 1024 * 1024 + 1;
const LARGE_MS = 60_000;

/** How the app server's side ends, and the Close message of its client. */
const ENDS: readonly (readonly [id: string, what: string, error: string | null, close: object])[] = [
  ['text', 'CloseConnection with a text', 'enough', { type: 7, error: 'enough' }],
  ['empty', 'CloseConnection with an empty text', '', { type: 7 }],
  ['nil', 'CloseConnection without a text', null, { type: 7 }],
];

async function joined(stage: Stage) {
  const server = await stage.server();
  return { server, ...(await stage.join(server)) };
}

export const CLOSING_CHECKS: readonly Check[] = [
  ...area('closing', { modes: WITH_SERVER }, [
    ...ENDS.map(([id, what, error, close]) => ({
      id: `by-the-server.${id}`,
      requires: `${what} is a Close message to the client, without leave to come back, and then 1000.`,
      source: 'client-protocol 3.6',
      async run(stage: Stage) {
        const { server, client } = await joined(stage);
        server.send([ServiceType.CloseConnection, client.connectionId, error, NO_EXTENSIONS, NO_EXTENSIONS]);
        requireEqual('the Close message', await client.next('a Close message', 7), close);
        requireEqual('the close frame', await client.ended, { code: 1000, reason: '' });
      },
    })),
    {
      id: 'server-connection.drops',
      requires: 'A server connection that drops is an error to its clients, with leave to come back.',
      source: 'client-protocol 5.5',
      async run(stage) {
        const { server, client } = await joined(stage);
        server.socket.drop();
        const close = await client.next('a Close message', 7);
        requireEqual('the Close message', close, {
          type: 7,
          error: 'Connection closed with an error.',
          allowReconnect: true,
        });
        requireEqual('the close code', (await client.ended).code, 1000);
      },
    },
    {
      id: 'nothing-behind-it',
      requires: 'Nothing comes behind a Close message.',
      source: 'client-protocol 3.6',
      async run(stage) {
        const { server, client } = await joined(stage);
        server.send([ServiceType.CloseConnection, client.connectionId, 'enough', NO_EXTENSIONS, NO_EXTENSIONS]);
        server.sendTo(client.connectionId, 'json', { type: 1, target: 'late', arguments: [] });
        await client.next('a Close message', 7);
        await client.ended;
        requireEqual('messages behind it', client.hubMessages.untaken, []);
      },
    },
    {
      id: 'message.too-large',
      requires: 'A message over the limit of the service is a close with 1009, and its app server is told.',
      source: 'service-protocol 12.6',
      severity: 'should',
      cost: 'minutes',
      async run(stage) {
        const { server, client } = await joined(stage);
        client.socket.send(Buffer.alloc(OVER_THE_LIMIT, ' '));
        requireEqual('the close code', (await client.socket.endWithin(LARGE_MS)).code, 1009);
        await server.nextOf(ServiceType.CloseConnection, client.connectionId);
      },
    },
  ]),
  ...area('closing', { modes: ['Default'] }, [
    {
      id: 'nobody-there.text',
      requires: "Without an app server the handshake is refused with the cloud's sentence, and a close with 1000.",
      source: 'client-protocol 5.4',
      async run(stage) {
        const client = await stage.client();
        client.sendHandshake();
        const { error } = await client.next('the handshake response', 0);
        requireMatch(
          'the error',
          error,
          /^SignalR Service is now in 'Default' service mode\. Current mode works as a proxy that routes client traffic to the connected app servers\. However app servers are not connected\./,
        );
        requireEqual('the close frame', await client.ended, { code: 1000, reason: '' });
        const [frame] = client.frames;
        requireEqual('whether the frame is binary', frame?.isBinary, false);
        requireEqual('the last character', frame?.data.toString().at(-1), RECORD_SEPARATOR);
      },
    },
  ]),
];
