// What becomes of the bodies of sends (rest-api 5, 7.1).

import { area, type Check } from '../check.ts';
import { asUser, clientsOf } from '../clients-of.ts';
import type { HttpCall } from '../peers/http.ts';
import { requireEqual } from '../require.ts';
import type { Stage } from '../stage.ts';
import { encodeHubMessage, type HubMessage } from '../wire/hub-protocol.ts';
import { encodePack, PackMap } from '../wire/message-pack.ts';

const PROTOCOLS = ['json', 'messagepack'] as const;
const OCTETS = 'application/octet-stream';
const MSGPACK = 'application/x-msgpack';

const sendPath = (hub: string, more = '') => `/api/hubs/${hub}/:send?api-version=2022-06-01${more}`;

async function send(stage: Stage, body: string | Uint8Array, contentType = 'application/json'): Promise<void> {
  const headers = { 'Content-Type': contentType };
  await stage.restOk(sendPath(stage.hub), 202, { method: 'POST', body, headers });
}

/** Bodies in JSON, and the arguments that clients must see. */
const ARGUMENTS: readonly (readonly [id: string, what: string, json: string, seen: readonly unknown[]])[] = [
  ['none', 'No arguments', '{"target":"news"}', []],
  ['null', 'null for arguments', '{"target":"news","arguments":null}', []],
  ['empty', 'An empty list', '{"target":"news","arguments":[]}', []],
  [
    'texts',
    'Texts with all kinds of characters',
    '{"target":"news","arguments":["é😀","\\"\\\\\\n",""]}',
    ['é😀', '"\\\n', ''],
  ],
  ['numbers', 'Numbers', '{"target":"news","arguments":[0,-1,1.5,1e3]}', [0, -1, 1.5, 1000]],
  ['values', 'true, false and null', '{"target":"news","arguments":[true,false,null]}', [true, false, null]],
  [
    'nested',
    'Lists and objects',
    '{"target":"news","arguments":[[1,[2]],{"a":{"b":[3]}}]}',
    [[1, [2]], { a: { b: [3] } }],
  ],
  [
    'many',
    'More than ten arguments',
    '{"target":"news","arguments":[1,2,3,4,5,6,7,8,9,10,11,12]}',
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  ],
  ['any-case', 'Names of members in any case', '{"TARGET":"news","Arguments":["x"]}', ['x']],
  [
    'unknown-members',
    'Members that nobody knows',
    '{"rawOnly":false,"target":"news","x":[{}],"arguments":["x"]}',
    ['x'],
  ],
];

/** Payloads of an SDK with more than one hub protocol: ready messages by protocol. */
function ready(messages: Readonly<Record<string, HubMessage>>): Uint8Array {
  const entries = Object.entries(messages).map(
    ([protocol, message]) =>
      [protocol, encodeHubMessage(protocol === 'json' ? 'json' : 'messagepack', message)] as const,
  );
  return encodePack(new PackMap(entries));
}

const news = (argument: unknown): HubMessage => ({ type: 1, target: 'news', arguments: [argument] });

/** Requires that clients get these targets and nothing else: a message to all behind them tells. */
const FENCE: HttpCall = { method: 'POST', body: '{"target":"fence"}' };

export const REST_SEND_CHECKS: readonly Check[] = area('rest-sends', {}, [
  ...PROTOCOLS.flatMap((protocol) =>
    ARGUMENTS.map(([id, what, body, seen]) => ({
      id: `${protocol}.${id}`,
      requires: `${what} reach a ${protocol} client as they were sent.`,
      source: 'rest-api 5.1',
      async run(stage: Stage) {
        const { come } = await clientsOf(stage);
        const client = await come({ protocol });
        await send(stage, body);
        const { target, arguments: args } = await client.next('the invocation', 1);
        requireEqual('target and arguments', [target, args], ['news', seen]);
      },
    })),
  ),
  {
    id: 'json.big-numbers',
    requires: 'Integers of 64 bits reach JSON clients digit for digit.',
    source: 'rest-api 5.1',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      await send(stage, '{"target":"news","arguments":[9223372036854775807,{"id":1234567890123456789}]}');
      await client.next('the invocation', 1);
      const text = client.frames.at(-1)?.data.toString() ?? '';
      requireEqual(
        'the arguments',
        /"arguments":(.*)\}/.exec(text)?.[1],
        '[9223372036854775807,{"id":1234567890123456789}]',
      );
    },
  },
  {
    id: 'messagepack.big-numbers',
    requires: 'Integers of 64 bits reach MessagePack clients as integers.',
    source: 'rest-api 5.1',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come({ protocol: 'messagepack' });
      await send(stage, '{"target":"news","arguments":[9223372036854775807]}');
      requireEqual('the argument', (await client.next('the invocation', 1))['arguments'], [9223372036854775807n]);
    },
  },
  ...PROTOCOLS.map((protocol) => ({
    id: `ready.${protocol}`,
    requires: `Ready messages of an SDK reach a ${protocol} client as they are.`,
    source: 'rest-api 5.2',
    async run(stage: Stage) {
      const { come } = await clientsOf(stage);
      const client = await come({ protocol });
      await send(stage, ready({ json: news('for json'), messagepack: news('for messagepack') }), OCTETS);
      const { arguments: args } = await client.next('the invocation', 1);
      requireEqual('the arguments', args, [`for ${protocol}`]);
    },
  })),
  {
    id: 'ready.other-protocol',
    requires: 'A client for whose hub protocol there is no message gets none.',
    source: 'rest-api 5.2',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      await send(stage, ready({ messagepack: news('for messagepack') }), OCTETS);
      await stage.restOk(sendPath(stage.hub), 202, FENCE);
      requireEqual('the first message', (await client.next('the fence', 1))['target'], 'fence');
    },
  },
  {
    id: 'messagepack-body.map',
    requires: 'A body of MessagePack with target and arguments is understood.',
    source: 'rest-api 5.3',
    severity: 'should',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      const body = encodePack(
        new PackMap([
          ['target', 'news'],
          ['arguments', [1, 'x']],
        ]),
      );
      await send(stage, body, MSGPACK);
      const { target, arguments: args } = await client.next('the invocation', 1);
      requireEqual('target and arguments', [target, args], ['news', [1, 'x']]);
    },
  },
  {
    id: 'excluded.one',
    requires: 'Connections that are excluded get nothing.',
    source: 'rest-api 2.1',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const [one, two] = [await come(), await come()];
      const path = sendPath(stage.hub, `&excluded=${one.connectionId}&excluded=nobody`);
      await stage.restOk(path, 202, { method: 'POST', body: '{"target":"news"}' });
      await stage.restOk(sendPath(stage.hub), 202, FENCE);
      requireEqual('the first message of the excluded', (await one.next('the fence', 1))['target'], 'fence');
      requireEqual('the first message of the other', (await two.next('the message', 1))['target'], 'news');
    },
  },
  {
    id: 'order.is-kept',
    requires: 'Sends that follow one another reach a client in this order.',
    source: 'rest-api 7.1',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      const count = 20;
      for (let number = 0; number < count; number++) {
        await send(stage, JSON.stringify({ target: 'n', arguments: [number] }));
      }
      for (let number = 0; number < count; number++) {
        requireEqual('the number', (await client.next('a number', 1))['arguments'], [number]);
      }
    },
  },
  {
    id: 'nobody.is-accepted',
    requires: 'A send to nobody is accepted with 202.',
    source: 'rest-api 7.1',
    async run(stage) {
      for (const path of ['', '/users/nobody', '/groups/nobody', '/connections/nobody']) {
        const url = `/api/hubs/${stage.hub}${path}/:send?api-version=2022-06-01`;
        await stage.restOk(url, 202, { method: 'POST', body: '{"target":"news"}' });
      }
    },
  },
  {
    id: 'names.with-slashes',
    requires: 'Names with slashes, percent signs and spaces are decoded once.',
    source: 'rest-api 0.10',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const user = 'a/b %2F:c';
      const client = await come(asUser(user));
      const url = `/api/hubs/${stage.hub}/users/${encodeURIComponent(user)}/:send?api-version=2022-06-01`;
      await stage.restOk(url, 202, { method: 'POST', body: '{"target":"news"}' });
      requireEqual('the target', (await client.next('the invocation', 1))['target'], 'news');
    },
  },
  {
    id: 'hub.has-no-case',
    requires: 'The hub in a path has no case.',
    source: 'rest-api 1',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      await stage.restOk(sendPath(stage.hub.toUpperCase()), 202, { method: 'POST', body: '{"target":"news"}' });
      requireEqual('the target', (await client.next('the invocation', 1))['target'], 'news');
    },
  },
  {
    id: 'application.is-part-of-the-hub',
    requires: 'A send with an application reaches the clients of that application, and no others.',
    source: 'rest-api 2.1',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      const [application = '', hub = ''] = [stage.hub.slice(0, 6), stage.hub.slice(6)];
      const other = `/api/hubs/${stage.hub}/:send?application=app&api-version=2022-06-01`;
      await stage.restOk(other, 202, { method: 'POST', body: '{"target":"of-the-application"}' });
      await stage.restOk(sendPath(stage.hub), 202, FENCE);
      requireEqual('the first message', (await client.next('the fence', 1))['target'], 'fence');
      const same = `/api/hubs/${hub === '' ? 'h' : `h${hub}`}/:send?application=${application}&api-version=2022-06-01`;
      await stage.restOk(same, 202, { method: 'POST', body: '{"target":"of-another-hub"}' });
    },
  },
]);
