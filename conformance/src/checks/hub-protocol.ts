// What the service makes of hub messages where it reads them itself: in Serverless mode.

import { area, type Check } from '../check.ts';
import type { HubClient } from '../peers/hub-client.ts';
import { requireEqual } from '../require.ts';
import type { Stage } from '../stage.ts';
import { RECORD_SEPARATOR } from '../wire/hub-protocol.ts';

const CLOSED_WITH_ERROR = { type: 7, error: 'Connection closed with an error.', allowReconnect: true };
const SILENCE_MS = 60_000;

/** JSON that is no hub message (client-protocol 3.4, 7). */
const MALFORMED_JSON: readonly (readonly [id: string, text: string])[] = [
  ['garbage', 'garbage'],
  ['array', '[]'],
  ['empty-object', '{}'],
  ['empty', ''],
  ['null', 'null'],
  ['type-is-text', '{"type":"1"}'],
  ['without-target', '{"type":1,"arguments":[]}'],
  ['without-arguments', '{"type":1,"invocationId":"1","target":"Echo"}'],
  ['id-is-a-number', '{"type":1,"target":"Echo","invocationId":1,"arguments":["h"]}'],
  ['id-is-null', '{"type":1,"target":"Echo","invocationId":null,"arguments":["h"]}'],
  ['arguments-are-null', '{"type":1,"target":"Echo","arguments":null}'],
  ['stream-without-id', '{"type":4,"target":"Stream","arguments":[1]}'],
  ['result-and-error', '{"type":3,"invocationId":"1","result":1,"error":"x"}'],
  ['completion-without-id', '{"type":3,"result":1}'],
];

/** MessagePack that is no hub message, with its length in front. */
const MALFORMED_PACK: readonly (readonly [id: string, bytes: readonly number[]])[] = [
  ['no-array', [0x03, 0x01, 0x02, 0x03]],
  ['endless-length', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  // [1, nil, "1", "m", []]
  ['headers-are-nil', [0x08, 0x95, 0x01, 0xc0, 0xa1, 0x31, 0xa1, 0x6d, 0x90]],
  // [1, {}, 7, "m", []]
  ['id-is-a-number', [0x07, 0x95, 0x01, 0x80, 0x07, 0xa1, 0x6d, 0x90]],
];

/** What changes nothing: the goodbye behind it is answered as ever. */
const TOLERATED_JSON: readonly (readonly [id: string, what: string, text: string])[] = [
  ['ping', 'A ping', '{"type":6}'],
  ['unknown-type', 'A message of a type that nobody knows', '{"type":99,"x":[1]}'],
  ['ack', 'An Ack without stateful reconnect', '{"type":8,"sequenceId":1}'],
  ['sequence', 'A Sequence without stateful reconnect', '{"type":9,"sequenceId":1}'],
  ['completion', 'A Completion for an id that nobody waits for', '{"type":3,"invocationId":"s9","result":1}'],
  ['stream-item', 'A StreamItem for a stream that is not', '{"type":2,"invocationId":"9","item":1}'],
  ['cancel', 'A CancelInvocation for an id that is not', '{"type":5,"invocationId":"9"}'],
  ['white-space', 'White space around a message', ' \r\n{ "type" : 6 } '],
  ['further-members', 'A member that nobody knows', '{"foo":[1],"type":6,"bar":null}'],
];

const TOLERATED_PACK: readonly (readonly [id: string, what: string, bytes: readonly number[]])[] = [
  ['ping', 'A ping', [0x02, 0x91, 0x06]],
  ['long-ping', 'A ping with more elements', [0x03, 0x92, 0x06, 0x01]],
  ['nothing', 'A message of no length', [0x00]],
  ['unknown-type', 'A message of a type that nobody knows', [0x03, 0x92, 0x63, 0xc0]],
];

/** How clients of either kind say goodbye. */
const GOODBYES: readonly (readonly [id: string, what: string, bytes: readonly number[]])[] = [
  ['js', 'as the JavaScript client writes it, [7, nil]', [0x03, 0x92, 0x07, 0xc0]],
  ['dotnet', 'as the .NET client writes it, [7, nil, false]', [0x04, 0x93, 0x07, 0xc0, 0xc2]],
];

/** Requires that the connection goes on: what is sent to it is the next thing that comes. */
async function requireAlive(stage: Stage, client: HubClient): Promise<void> {
  const path = `/api/hubs/${stage.hub}/connections/${client.connectionId}/:send?api-version=2022-06-01`;
  // What the client wrote was read before: a ping behind it is answered.
  client.socket.ping();
  await client.socket.pongs.next('a pong');
  await stage.restOk(path, 202, { method: 'POST', body: '{"target":"still-here"}' });
  const { type, target } = await client.next('the next message');
  requireEqual('type and target of the next message', [type, target], [1, 'still-here']);
}

async function requireClosedWithError(client: HubClient): Promise<void> {
  requireEqual('the last message', await client.next('a Close message', 7), CLOSED_WITH_ERROR);
  requireEqual('the close code', (await client.ended).code, 1000);
}

export const HUB_PROTOCOL_CHECKS: readonly Check[] = area('hub-protocol', { modes: ['Serverless'] }, [
  ...MALFORMED_JSON.map(([id, text]) => ({
    id: `json.malformed.${id}`,
    requires: `${text === '' ? 'An empty message' : text} is no hub message: the client is closed, and may come back.`,
    source: 'client-protocol 3.4',
    async run(stage: Stage) {
      const client = await stage.serverlessClient();
      client.socket.send(`${text}${RECORD_SEPARATOR}`);
      await requireClosedWithError(client);
    },
  })),
  ...MALFORMED_PACK.map(([id, bytes]) => ({
    id: `messagepack.malformed.${id}`,
    requires: `The bytes ${Buffer.from(bytes).toString('hex')} are no hub message: the client is closed, and may come back.`,
    source: 'client-protocol 7',
    async run(stage: Stage) {
      const client = await stage.serverlessClient({ protocol: 'messagepack' });
      client.socket.send(Uint8Array.from(bytes));
      await requireClosedWithError(client);
    },
  })),
  ...TOLERATED_JSON.map(([id, what, text]) => ({
    id: `json.tolerated.${id}`,
    requires: `${what} changes nothing.`,
    source: 'client-protocol 3.4',
    async run(stage: Stage) {
      const client = await stage.serverlessClient();
      client.socket.send(`${text}${RECORD_SEPARATOR}`);
      await requireAlive(stage, client);
    },
  })),
  ...TOLERATED_PACK.map(([id, what, bytes]) => ({
    id: `messagepack.tolerated.${id}`,
    requires: `${what} changes nothing.`,
    source: 'client-protocol 3.4',
    async run(stage: Stage) {
      const client = await stage.serverlessClient({ protocol: 'messagepack' });
      client.socket.send(Uint8Array.from(bytes));
      await requireAlive(stage, client);
    },
  })),
  ...GOODBYES.map(([id, what, bytes]) => ({
    id: `messagepack.goodbye.${id}`,
    requires: `A goodbye ${what}, is answered with one, and a close with 1000.`,
    source: 'client-protocol 7',
    async run(stage: Stage) {
      const client = await stage.serverlessClient({ protocol: 'messagepack' });
      client.socket.send(Uint8Array.from(bytes));
      requireEqual('its error', (await client.next('a Close message', 7))['error'], undefined);
      requireEqual('the close code', (await client.ended).code, 1000);
    },
  })),
  {
    id: 'json.goodbye',
    requires: 'A goodbye is answered with {"type":7}, and a close with 1000.',
    source: 'client-protocol 3.4',
    async run(stage) {
      const client = await stage.serverlessClient();
      client.send({ type: 7 });
      requireEqual('the Close message', await client.next('a Close message', 7), { type: 7 });
      requireEqual('the close code', (await client.ended).code, 1000);
    },
  },
  {
    id: 'json.several-in-a-frame',
    requires: 'Messages that share a frame are read one after the other.',
    source: 'client-protocol 2.3',
    async run(stage) {
      const client = await stage.serverlessClient();
      client.socket.send(['{"type":6}', '{"type":99}', '{"type":7}', ''].join(RECORD_SEPARATOR));
      requireEqual('the Close message', await client.next('a Close message', 7), { type: 7 });
    },
  },
  {
    id: 'json.parts-of-characters',
    requires: 'A message may be cut anywhere, in the middle of a character too.',
    source: 'client-protocol 2.3',
    async run(stage) {
      const client = await stage.serverlessClient();
      const bytes = Buffer.from(`{"é":"ü","type":6}${RECORD_SEPARATOR}`);
      for (const byte of bytes) client.socket.send(Uint8Array.of(byte));
      await requireAlive(stage, client);
    },
  },
  {
    id: 'silence.after-a-ping',
    requires: 'A client that pinged once and is silent then is closed, with leave to come back.',
    source: 'client-protocol 3.7',
    cost: 'minutes',
    async run(stage) {
      const client = await stage.serverlessClient();
      client.send({ type: 6 });
      const close = await client.next('a Close message', 7, SILENCE_MS);
      requireEqual('the Close message', close, CLOSED_WITH_ERROR);
    },
  },
]);
