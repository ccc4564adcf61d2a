import { area, type Check } from '../check.ts';
import { requireEqual, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { RECORD_SEPARATOR } from '../wire/hub-protocol.ts';
import { ServiceType } from '../wire/service-message.ts';

const WITH_SERVER = ['Default', 'Classic'] as const;
const UNEXPECTED = 'An unexpected error occurred during connection handshake.';
const CANCELED = 'Handshake was canceled.';
const TOO_LONG_BYTES = 33 * 1024;
const SOON = { claims: { 'asrs.s.cht': '1' } } as const;

/** What a client writes first, and the error that it gets. */
const REFUSED: readonly (readonly [id: string, what: string, request: string, error: string])[] = [
  ['not-json', 'What is no JSON', 'hello', UNEXPECTED],
  ['array', 'An array', '[]', UNEXPECTED],
  ['without-protocol', 'A request without protocol', '{"version":1}', UNEXPECTED],
  ['without-version', 'A request without version', '{"protocol":"json"}', UNEXPECTED],
  [
    'too-long',
    'A request over 32 KiB',
    `{"protocol":"json","version":1,"x":"${'x'.repeat(TOO_LONG_BYTES)}"}`,
    CANCELED,
  ],
];

/** What the service itself knows of hub protocols, in Serverless mode. */
const REFUSED_SERVERLESS: typeof REFUSED = [
  [
    'unknown',
    'A protocol that does not exist',
    '{"protocol":"xml","version":1}',
    "The protocol 'xml' is not supported.",
  ],
  [
    'version',
    'A version that does not exist',
    '{"protocol":"json","version":3}',
    "The server does not support version 3 of the 'json' protocol.",
  ],
  [
    'messagepack-version',
    'A version of MessagePack that does not exist',
    '{"protocol":"messagepack","version":3}',
    "The server does not support version 3 of the 'messagepack' protocol.",
  ],
];

const ACCEPTED: readonly (readonly [id: string, what: string, request: string])[] = [
  ['version-0', 'Version 0', '{"protocol":"json","version":0}'],
  ['version-2', 'Version 2', '{"protocol":"json","version":2}'],
  ['any-case', 'A name in another case', '{"protocol":"JSON","version":1}'],
  ['further-members', 'A request with members that nobody knows', '{"a":[{}],"version":1,"protocol":"json","b":null}'],
  ['white-space', 'A request with white space', ' { "version" : 1 , "protocol" : "json" } '],
];

function refusals(rows: typeof REFUSED) {
  return rows.map(([id, what, request, error]) => ({
    id: `refused.${id}`,
    requires: `${what} is refused with the text of ASP.NET Core, and a close with 1000.`,
    source: 'client-protocol 3.1',
    async run(stage: Stage) {
      const client = await stage.client();
      client.socket.send(`${request}${RECORD_SEPARATOR}`);
      const { error: came } = await client.next('the handshake response', 0);
      // With detailed errors the text goes on.
      requireThat(String(came).startsWith(error), `an error that begins with: ${error}`, came);
      requireEqual('the close code', (await client.ended).code, 1000);
      requireEqual('hub messages behind it', client.hubMessages.untaken, []);
    },
  }));
}

export const HUB_HANDSHAKE_CHECKS: readonly Check[] = [
  ...area('hub-handshake', { modes: ['Serverless'] }, [
    ...refusals(REFUSED_SERVERLESS),
    ...ACCEPTED.map(([id, what, request]) => ({
      id: `accepted.${id}`,
      requires: `${what} is accepted.`,
      source: 'client-protocol 3.1',
      async run(stage: Stage) {
        const client = await stage.client();
        client.socket.send(`${request}${RECORD_SEPARATOR}`);
        await client.shaken();
      },
    })),
  ]),
  ...area('hub-handshake', {}, refusals(REFUSED)),
  ...area('hub-handshake', {}, [
    {
      id: 'time.no-request',
      requires: 'A client that says nothing is refused after the time that its token allows.',
      source: 'client-protocol 5.4',
      async run(stage) {
        const client = await stage.client(SOON);
        const { error } = await client.next('the handshake response', 0, 8000);
        requireEqual('the error', error, CANCELED);
        requireEqual('the close code', (await client.ended).code, 1000);
      },
    },
    {
      id: 'time.half-a-request',
      requires: 'Half a request does not stop the time.',
      source: 'client-protocol 5.4',
      async run(stage) {
        const client = await stage.client(SOON);
        client.socket.send('{"protocol":');
        const { error } = await client.next('the handshake response', 0, 8000);
        requireEqual('the error', error, CANCELED);
      },
    },
  ]),
  ...area('hub-handshake', { modes: WITH_SERVER }, [
    {
      id: 'time.no-answer',
      requires: 'When the app server does not answer in time, the client is refused and the app server told.',
      source: 'client-protocol 5.4',
      async run(stage) {
        const server = await stage.server();
        const client = await stage.client(SOON);
        client.sendHandshake();
        await server.nextOf(ServiceType.OpenConnection, client.connectionId);
        const { error } = await client.next('the handshake response', 0, 8000);
        requireEqual('the error', error, CANCELED);
        await server.nextOf(ServiceType.CloseConnection, client.connectionId);
      },
    },
    {
      id: 'forwarded.as-written',
      requires: 'The app server gets the request as the client wrote it.',
      source: 'client-protocol 5.4',
      async run(stage) {
        const server = await stage.server();
        const client = await stage.client();
        const request = ` {"version":1,"protocol":"json","extra":"é"} ${RECORD_SEPARATOR}`;
        client.socket.send(request);
        await server.nextOf(ServiceType.OpenConnection, client.connectionId);
        const [, , bytes] = await server.nextOf(ServiceType.ConnectionData, client.connectionId);
        requireEqual('the bytes', bytes instanceof Uint8Array && Buffer.from(bytes).toString(), request);
      },
    },
    {
      id: 'forwarded.unknown-protocol',
      requires: 'A protocol that the service does not know is for the app server to judge.',
      source: 'client-protocol 5.4',
      async run(stage) {
        const server = await stage.server();
        const client = await stage.client();
        client.socket.send(`{"protocol":"blazorpack","version":1}${RECORD_SEPARATOR}`);
        await server.nextOf(ServiceType.OpenConnection, client.connectionId);
        await server.nextOf(ServiceType.ConnectionData, client.connectionId);
      },
    },
    {
      id: 'answer.of-the-app-server',
      requires: "The app server's own answer reaches the client, an error too.",
      source: 'client-protocol 5.4',
      async run(stage) {
        const server = await stage.server();
        const client = await stage.client();
        client.sendHandshake();
        await server.nextOf(ServiceType.ConnectionData, client.connectionId);
        server.sendData(client.connectionId, Buffer.from(`{"error":"not today"}${RECORD_SEPARATOR}`));
        requireEqual('the error', (await client.next('the handshake response', 0))['error'], 'not today');
      },
    },
  ]),
];
