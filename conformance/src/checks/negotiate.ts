import { area, type Check } from '../check.ts';
import { bearer, call, type HttpAnswer, json } from '../peers/http.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';

const ALL_TRANSPORTS = [
  { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
  { transport: 'ServerSentEvents', transferFormats: ['Text'] },
  { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
];
const TRANSPORT_BITS = { WebSockets: 1, ServerSentEvents: 2, LongPolling: 4 } as const;

/** Negotiates with a query of its own; the hub and the token are in order. */
function post(stage: Stage, query: string, path = '/client/negotiate'): Promise<HttpAnswer> {
  const url = stage.target.clientUrl(`${path}?hub=${stage.hub}${query}`);
  return call(url, { method: 'POST', headers: bearer(stage.target.clientToken(stage.hub)) });
}

export const NEGOTIATE_CHECKS: readonly Check[] = area('negotiate', {}, [
  {
    id: 'v1.token-differs-from-id',
    requires: 'With negotiateVersion 1 the connection token differs from the connection id.',
    source: 'client-protocol 1.3',
    async run(stage) {
      const { connectionId, connectionToken } = json(await stage.negotiate());
      requireThat(typeof connectionToken === 'string' && connectionToken !== '', 'a connectionToken', connectionToken);
      requireThat(
        connectionToken !== connectionId,
        'a connectionToken that differs from the connectionId',
        connectionToken,
      );
    },
  },
  {
    id: 'v1.version-is-one',
    requires: 'A request for version 1 is answered with negotiateVersion 1.',
    source: 'client-protocol 1.3',
    async run(stage) {
      requireEqual('negotiateVersion', json(await stage.negotiate())['negotiateVersion'], 1);
    },
  },
  {
    id: 'v1.offers-three-transports',
    requires: 'The service offers WebSockets, Server-Sent Events and long polling, in the order of trial.',
    source: 'client-protocol 1.3',
    async run(stage) {
      requireEqual('availableTransports', json(await stage.negotiate())['availableTransports'], ALL_TRANSPORTS);
    },
  },
  {
    id: 'v0.has-no-token',
    requires: 'Without negotiateVersion the answer is of version 0 and has no connection token.',
    source: 'client-protocol 1.3',
    async run(stage) {
      const answer = json(await post(stage, ''));
      requireEqual('negotiateVersion', answer['negotiateVersion'], 0);
      requireThat(!('connectionToken' in answer), 'no connectionToken', answer);
    },
  },
  {
    id: 'version.above-one-is-one',
    requires: 'A version above 1 is answered as version 1.',
    source: 'client-protocol 1.3',
    async run(stage) {
      requireEqual('negotiateVersion', json(await post(stage, '&negotiateVersion=7'))['negotiateVersion'], 1);
    },
  },
  {
    id: 'version.must-be-integer',
    requires: 'A version that is no integer is answered with 200 and an error.',
    source: 'client-protocol 1.3',
    async run(stage) {
      const answer = await post(stage, '&negotiateVersion=one');
      requireEqual('status', answer.status, 200);
      requireEqual('error', json(answer)['error'], 'The client requested a non-integer protocol version.');
    },
  },
  {
    id: 'query-names-have-no-case',
    requires: 'Names in the query compare without case.',
    source: 'client-protocol 1.3',
    async run(stage) {
      requireEqual('negotiateVersion', json(await post(stage, '&NegotiateVersion=1'))['negotiateVersion'], 1);
    },
  },
  {
    id: 'answer.is-json-with-length',
    requires: 'The answer is application/json and says its length.',
    source: 'client-protocol 1.3',
    async run(stage) {
      const { headers, body } = await stage.negotiate();
      requireMatch('Content-Type', headers['content-type'], /^application\/json/);
      requireEqual('Content-Length', headers['content-length'], `${body.length}`);
    },
  },
  {
    id: 'answer.ids-are-unique',
    requires: 'Connection ids and tokens of two answers differ.',
    source: 'service-protocol 14',
    async run(stage) {
      const [first, second] = [json(await stage.negotiate()), json(await stage.negotiate())];
      requireThat(first['connectionId'] !== second['connectionId'], 'a new connectionId', second);
      requireThat(first['connectionToken'] !== second['connectionToken'], 'a new connectionToken', second);
    },
  },
  {
    id: 'answer.stateful-only-when-asked',
    requires: 'useStatefulReconnect is not there unless the client asked for it.',
    source: 'client-protocol 1.3',
    async run(stage) {
      const answer = json(await stage.negotiate());
      requireThat(!('useStatefulReconnect' in answer), 'no useStatefulReconnect', answer);
    },
  },
  {
    id: 'path.with-slash',
    requires: 'The path may end in a slash.',
    source: 'service-protocol 1.5',
    severity: 'should',
    async run(stage) {
      requireEqual('status', (await post(stage, '&negotiateVersion=1', '/client/negotiate/')).status, 200);
    },
  },
  {
    id: 'method.must-be-post',
    requires: 'GET is answered with 405.',
    source: 'client-protocol 1.3',
    async run(stage) {
      const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub}`);
      const answer = await call(url, { headers: bearer(stage.target.clientToken(stage.hub)) });
      requireEqual('status', answer.status, 405);
    },
  },
  {
    id: 'hub.must-be-there',
    requires: 'A request without a hub gets 400.',
    source: 'client-protocol 5.6',
    async run(stage) {
      const url = stage.target.clientUrl('/client/negotiate?negotiateVersion=1');
      const answer = await call(url, { method: 'POST', headers: bearer(stage.target.clientToken(stage.hub)) });
      requireEqual('status', answer.status, 400);
    },
  },
  {
    id: 'hub.must-be-one',
    requires: 'A request with two hubs gets 400.',
    source: 'client-protocol 5.1',
    async run(stage) {
      requireEqual('status', (await post(stage, '&hub=other')).status, 400);
    },
  },
  {
    id: 'hub.has-no-case',
    requires: 'Names of hubs compare without case.',
    source: 'service-protocol 1.3',
    async run(stage) {
      const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub.toUpperCase()}&negotiateVersion=1`);
      const answer = await call(url, { method: 'POST', headers: bearer(stage.target.clientToken(stage.hub)) });
      requireEqual('status', answer.status, 200);
    },
  },
  ...Object.entries(TRANSPORT_BITS).map(([transport, bit]) => ({
    id: `claims.transports-only-${transport.toLowerCase()}`,
    requires: `The claim asrs.s.htt = ${bit} limits the offer to ${transport}.`,
    source: 'service-protocol 2.4',
    async run(stage: Stage) {
      const answer = json(await stage.negotiate({ claims: { 'asrs.s.htt': `${bit}` } }));
      const offered = ALL_TRANSPORTS.filter((one) => one.transport === transport);
      requireEqual('availableTransports', answer['availableTransports'], offered);
    },
  })),
  {
    id: 'cors.preflight-needs-no-token',
    requires: 'A preflight is answered with 204 and the origin, before any token is looked at.',
    source: 'client-protocol 1.6',
    async run(stage) {
      const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub}`);
      const headers = {
        Origin: 'https://pages.example.com',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,x-requested-with,x-signalr-user-agent',
      };
      const answer = await call(url, { method: 'OPTIONS', headers });
      requireEqual('status', answer.status, 204);
      requireEqual('Access-Control-Allow-Origin', answer.headers['access-control-allow-origin'], headers.Origin);
      requireEqual('Access-Control-Allow-Credentials', answer.headers['access-control-allow-credentials'], 'true');
      requireMatch('Access-Control-Allow-Headers', answer.headers['access-control-allow-headers'], /authorization/i);
    },
  },
  {
    id: 'cors.answer-names-the-origin',
    requires: 'An answer to a page names its origin, never *.',
    source: 'client-protocol 1.6',
    async run(stage) {
      const { headers } = await stage.negotiate({ headers: { Origin: 'https://pages.example.com' } });
      requireEqual('Access-Control-Allow-Origin', headers['access-control-allow-origin'], 'https://pages.example.com');
    },
  },
  {
    id: 'cors.refusal-names-the-origin',
    requires: 'A refusal names the origin as well: pages could not read it otherwise.',
    source: 'client-protocol 5.6',
    async run(stage) {
      const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub}`);
      const { headers } = await call(url, { method: 'POST', headers: { Origin: 'https://pages.example.com' } });
      requireEqual('Access-Control-Allow-Origin', headers['access-control-allow-origin'], 'https://pages.example.com');
    },
  },
]);
