// Routes with answers of their own: invocations, streams, commands, tokens (rest-api 7.6-7.9).

import { area, type Check } from '../check.ts';
import { asUser, clientsOf } from '../clients-of.ts';
import { bearer, call, json } from '../peers/http.ts';
import { requireEqual, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';

const dated = (path: string, more = '') => `/api/hubs${path}?api-version=2024-12-01${more}`;
const USER = 'ann';

/** Where the service itself reads what a client answers; elsewhere the app server hands the answer over. */
const INVOKED_IN = ['Serverless'] as const;

/** Asks a client, and answers as it does. Gives the answer of REST. */
async function asked(
  stage: Stage,
  completion: Readonly<Record<string, unknown>>,
  protocol: 'json' | 'messagepack' = 'json',
) {
  const { come } = await clientsOf(stage);
  const client = await come({ protocol });
  const path = dated(`/${stage.hub}/connections/${client.connectionId}/:invoke`);
  const answer = stage.rest(path, { method: 'POST', body: '{"target":"Ask","arguments":[1]}' });
  answer.catch(() => undefined);
  const { invocationId, target, arguments: args } = await client.next('an invocation', 1);
  requireEqual('what is asked', [target, args], ['Ask', [1]]);
  requireThat(typeof invocationId === 'string' && invocationId !== '', 'an invocation id', invocationId);
  client.send({ type: 3, invocationId, ...completion });
  return await answer;
}

async function execute(stage: Stage, commands: readonly unknown[], filter?: string) {
  const more = filter === undefined ? '' : `&filter=${encodeURIComponent(filter)}`;
  return stage.rest(dated(`/${stage.hub}/:execute`, more), { method: 'POST', body: JSON.stringify(commands) });
}

export const REST_CALL_CHECKS: readonly Check[] = area('rest-calls', {}, [
  ...(['json', 'messagepack'] as const).map((protocol) => ({
    id: `invoke.result-${protocol}`,
    requires: `:invoke gives the result of a ${protocol} client.`,
    source: 'rest-api 7.6',
    modes: INVOKED_IN,
    async run(stage: Stage) {
      const answer = await asked(stage, { result: { sum: [1, 'x', null] } }, protocol);
      requireEqual('the answer', [answer.status, json(answer)['result']], [200, { sum: [1, 'x', null] }]);
    },
  })),
  {
    id: 'invoke.void',
    requires: 'A client that answers without a result: 200 and nothing in it.',
    source: 'rest-api 7.6',
    modes: INVOKED_IN,
    severity: 'should',
    async run(stage) {
      const { status, text } = await asked(stage, {});
      requireEqual('the answer', [status, text], [200, '{}']);
    },
  },
  {
    id: 'invoke.error',
    requires: 'The error of a client is a 400 with its text.',
    source: 'rest-api 7.6',
    modes: INVOKED_IN,
    severity: 'should',
    async run(stage) {
      const answer = await asked(stage, { error: 'I will not' });
      requireEqual('the status', answer.status, 400);
      requireThat(answer.text.includes('I will not'), "the client's text", answer.text);
    },
  },
  {
    id: 'invoke.unknown-connection',
    requires: 'A connection that is not there cannot be asked: 404.',
    source: 'rest-api 7.6',
    severity: 'should',
    async run(stage) {
      const path = dated(`/${stage.hub}/connections/nobody/:invoke`);
      const { headers } = await stage.restOk(path, 404, { method: 'POST', body: '{"target":"Ask"}' });
      requireEqual('x-ms-error-code', headers['x-ms-error-code'], 'Error.Connection.NotExisted');
    },
  },
  {
    id: 'streams.item',
    requires:
      'An item that is sent to a stream reaches the client as StreamItem; with completed=true a Completion follows.',
    source: 'rest-api 7.9',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      const path = `/${stage.hub}/connections/${client.connectionId}/streams/7/:send`;
      await stage.restOk(dated(path), 202, { method: 'POST', body: '{"a":[1]}' });
      requireEqual('the item', await client.next('an item'), { type: 2, invocationId: '7', item: { a: [1] } });
      await stage.restOk(dated(path, '&completed=true'), 202, { method: 'POST', body: 'null' });
      requireEqual('the last item', await client.next('an item'), { type: 2, invocationId: '7', item: null });
      requireEqual('the end', await client.next('a Completion'), { type: 3, invocationId: '7' });
    },
  },
  ...(['reason', 'error'] as const).map((name) => ({
    id: `streams.complete-${name}`,
    requires: `A stream that is completed with ${name} ends so at the client.`,
    source: 'rest-api 4.1',
    async run(stage: Stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      const path = dated(`/${stage.hub}/connections/${client.connectionId}/streams/7/:complete`, `&${name}=too%20bad`);
      await stage.restOk(path, 202, { method: 'POST' });
      requireEqual('the end', await client.next('a Completion'), { type: 3, invocationId: '7', error: 'too bad' });
    },
  })),
  {
    id: 'execute.all',
    requires: ':execute does its commands in order for every client: 202.',
    source: 'rest-api 7.7',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const client = await come();
      const commands = [
        { type: 'JoinGroup', group: 'crew' },
        { type: 'SendMessage', message: { target: 'news', arguments: [1] } },
      ];
      requireEqual('the status', (await execute(stage, commands)).status, 202);
      requireEqual('the target', (await client.next('the invocation', 1))['target'], 'news');
      await stage.restOk(dated(`/${stage.hub}/groups/crew`), 200);
      await execute(stage, [
        { type: 'LeaveGroup', group: 'crew' },
        { type: 'CloseConnection', reason: 'enough' },
      ]);
      requireEqual('the error', (await client.next('a Close message', 7))['error'], 'enough');
      await stage.restOk(dated(`/${stage.hub}/groups/crew`), 404);
    },
  },
  {
    id: 'execute.filter',
    requires: 'A filter selects the clients.',
    source: 'rest-api 7.7',
    async run(stage) {
      const { come } = await clientsOf(stage);
      const [ann, bob] = [await come(asUser('listener-ann')), await come(asUser('bob'))];
      const message = { target: 'for-listeners', arguments: [] };
      await execute(stage, [{ type: 'SendMessage', message }], "startswith(userId, 'listener-')");
      await execute(stage, [{ type: 'SendMessage', message: { target: 'for-all', arguments: [] } }]);
      requireEqual('the first of the listener', (await ann.next('a message', 1))['target'], 'for-listeners');
      requireEqual('the first of the other', (await bob.next('a message', 1))['target'], 'for-all');
    },
  },
  {
    id: 'execute.bad-filter',
    requires: 'A filter that cannot be understood is refused with 400.',
    source: 'rest-api 7.7',
    run: async (stage) => requireEqual('the status', (await execute(stage, [], 'what is this')).status, 400),
  },
  {
    id: 'token.opens',
    requires: ':generateToken gives a token with which a client of that user can negotiate.',
    source: 'rest-api 7.8',
    async run(stage) {
      const path = `/api/hubs/${stage.hub}/:generateToken?userId=${USER}&api-version=2022-11-01`;
      const token = String(json(await stage.restOk(path, 200, { method: 'POST' }))['token']);
      const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub}&negotiateVersion=1`);
      requireEqual(
        'the status of negotiate',
        (await call(url, { method: 'POST', headers: bearer(token) })).status,
        200,
      );
      const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      requireEqual('its lifetime', payload.exp - payload.iat, 3600);
    },
  },
  {
    id: 'token.of-other-hub',
    requires: 'The token opens no other hub.',
    source: 'rest-api 7.8',
    async run(stage) {
      const path = `/api/hubs/${stage.hub}/:generateToken?api-version=2022-11-01`;
      const token = String(json(await stage.restOk(path, 200, { method: 'POST' }))['token']);
      const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub}x`);
      requireEqual(
        'the status of negotiate',
        (await call(url, { method: 'POST', headers: bearer(token) })).status,
        401,
      );
    },
  },
]);
