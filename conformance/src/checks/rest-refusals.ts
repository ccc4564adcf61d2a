// Calls that are refused (rest-api 2, 3, 6).

import { area, type Check } from '../check.ts';
import { bearer, call, type HttpCall, json } from '../peers/http.ts';
import { requireEqual, requireMatch, requireThat } from '../require.ts';
import type { Stage } from '../stage.ts';
import { signToken } from '../wire/token.ts';

const POST = { method: 'POST' } as const;
const dated = (hub: string, path: string, more = '') => `/api/hubs/${hub}${path}?api-version=2022-06-01${more}`;

interface Refused {
  readonly id: string;
  readonly requires: string;
  readonly path: (hub: string) => string;
  readonly options: HttpCall;
  readonly status: number;
}

const text = (body: string, type = 'application/json'): HttpCall => ({
  ...POST,
  body,
  headers: { 'Content-Type': type },
});

/** Calls with a good token that are wrong in themselves. */
const REFUSED: readonly Refused[] = [
  ['body.missing', 'A send without a body', '/:send', POST, 400],
  ['body.no-json', 'A body that is no JSON', '/:send', text('{"target":'), 400],
  ['body.list', 'A body that is a list', '/:send', text('[]'), 400],
  ['body.without-target', 'A body without a target', '/:send', text('{"arguments":[]}'), 400],
  ['body.empty-target', 'An empty target', '/:send', text('{"target":""}'), 400],
  ['body.arguments-no-list', 'Arguments that are no list', '/:send', text('{"target":"n","arguments":{}}'), 400],
  ['body.octets-no-map', 'Octets that are no map', '/:send', text('hello', 'application/octet-stream'), 400],
  ['body.media-type', 'A body of another kind', '/:send', text('target=n', 'application/x-www-form-urlencoded'), 415],
  ['method.get', 'GET of a send', '/:send', {}, 405],
  ['method.patch', 'PATCH of a user', '/users/ann', { method: 'PATCH' }, 405],
  ['path.unknown', 'A path that is none', '/nothing/here/at/all', {}, 404],
  ['execute.no-list', 'Commands that are no list', '/:execute', text('{}'), 400],
  ['execute.unknown', 'A command that is none', '/:execute', text('[{"type":"Dance"}]'), 400],
  ['execute.without-group', 'A command without its group', '/:execute', text('[{"type":"JoinGroup"}]'), 400],
  ['token.minutes', 'A token for less than a minute', '/:generateToken', POST, 400],
].map(([id, what, path, options, status]) => ({
  id: String(id),
  requires: `${what} is refused with ${status}.`,
  path: (hub: string) => dated(hub, String(path), id === 'token.minutes' ? '&minutesToExpire=0' : ''),
  options: options as HttpCall,
  status: Number(status),
}));

const USER = '/users/ann';

/** Calls that are good but for their token. */
const BAD_TOKENS: readonly (readonly [
  id: string,
  what: string,
  token: (stage: Stage, path: string) => string | undefined,
])[] = [
  ['missing', 'Without a token', () => undefined],
  ['malformed', 'With what is no token', () => 'no.token.this'],
  ['other-path', 'With a token for another path', (stage) => stage.target.restToken('/api/hubs/other/users/ann')],
  ['of-a-client', 'With the token of a client', (stage) => stage.target.clientToken(stage.hub)],
  ['of-a-server', 'With the token of an app server', (stage) => stage.target.serverToken(stage.hub, 's')],
  [
    'expired',
    'With a token that has expired',
    (stage, path) => stage.target.restToken(path, { exp: Math.floor(Date.now() / 1000) - 3600 }),
  ],
  [
    'of-another-key',
    'With a token of another key',
    (stage, path) =>
      signToken(`${stage.target.endpoints.accessKey}x`, {
        aud: `${stage.target.endpoints.audienceBase}${path.slice(1)}`,
      }),
  ],
];

/** Audiences of SDKs, old and new, that are all good (rest-api 3.3). */
const GOOD_AUDIENCES: readonly (readonly [id: string, what: string, of: (base: string, path: string) => string])[] = [
  [
    'with-query',
    'with the query of the API version, as older SDKs write it',
    (base, path) => `${base}${path}?api-version=2022-06-01`,
  ],
  ['without-query', 'without a query, as newer SDKs write it', (base, path) => `${base}${path}`],
  ['with-slash', 'with a slash at its end', (base, path) => `${base}${path}/`],
  [
    'other-host',
    'with another host: that of a proxy or a container',
    (_, path) => `https://elsewhere.example:444/${path}`,
  ],
  ['hub-in-another-case', 'whose hub is in another case', (base, path) => `${base}${path.replace('check', 'CHECK')}`],
];

export const REST_REFUSAL_CHECKS: readonly Check[] = area('rest-refusals', {}, [
  ...REFUSED.map(({ id, requires, path, options, status }) => ({
    id,
    requires,
    source: 'rest-api 6',
    async run(stage: Stage) {
      await stage.restOk(path(stage.hub), status, options);
    },
  })),
  ...BAD_TOKENS.map(([id, what, tokenOf]) => ({
    id: `token.${id}`,
    requires: `${what} a call gets 401 with a challenge, and nothing else.`,
    source: 'rest-api 3.2',
    async run(stage: Stage) {
      const path = `/api/hubs/${stage.hub}${USER}`;
      const token = tokenOf(stage, path);
      const headers = token === undefined ? {} : bearer(token);
      const { status, headers: came, text: body } = await call(stage.target.serverUrl(path), { headers });
      requireEqual('status and body', [status, body], [401, '']);
      requireMatch('WWW-Authenticate', came['www-authenticate'], /^Bearer/);
    },
  })),
  {
    id: 'token.in-query',
    requires: 'A token in the query does not count: it would stand in logs.',
    source: 'client-protocol 1.2',
    async run(stage) {
      const path = `/api/hubs/${stage.hub}${USER}`;
      const url = stage.target.serverUrl(`${path}?access_token=${stage.target.restToken(path)}`);
      requireEqual('the status', (await call(url)).status, 401);
    },
  },
  ...GOOD_AUDIENCES.map(([id, what, of]) => ({
    id: `audience.${id}`,
    requires: `An audience ${what}, is good.`,
    source: 'rest-api 3.3',
    async run(stage: Stage) {
      const path = `api/hubs/${stage.hub}${USER}`;
      const { accessKey, audienceBase } = stage.target.endpoints;
      const token = signToken(accessKey, { aud: of(audienceBase, path) });
      const url = stage.target.serverUrl(`/${path}?api-version=2022-06-01`);
      requireEqual('the status', (await call(url, { headers: bearer(token) })).status, 404);
    },
  })),
  ...['1hub', 'my-hub', 'h%20b', `h${'x'.repeat(128)}`].map((hub, index) => ({
    id: `hub.name-${index + 1}`,
    requires: `A hub cannot have the name ${hub.slice(0, 12)}: 400.`,
    source: 'rest-api 2.1',
    async run(stage: Stage) {
      await stage.restOk(dated(hub, USER), 400);
    },
  })),
  {
    id: 'group.too-long',
    requires: 'The name of a group has 1,024 characters at most: 400.',
    source: 'rest-api 2.1',
    run: async (stage) => {
      await stage.restOk(dated(stage.hub, `/groups/${'g'.repeat(1025)}`), 400);
    },
  },
  {
    id: 'group.blank',
    requires: 'The name of a group is not white space alone: 400.',
    source: 'rest-api 2.1',
    run: async (stage) => {
      await stage.restOk(dated(stage.hub, '/groups/%20%20'), 400);
    },
  },
  {
    id: 'error.body',
    requires: 'A refusal of the dated API is an object with code and message, and the code in a header.',
    source: 'rest-api 6',
    async run(stage) {
      const answer = await stage.restOk(dated(stage.hub, '/:send'), 400, text('{}'));
      const { code, message } = json(answer);
      requireEqual(
        'the code, in the body and in the header',
        [code, answer.headers['x-ms-error-code']],
        ['Error.Request.Invalid', 'Error.Request.Invalid'],
      );
      requireThat(typeof message === 'string' && message.length > 10, 'a message', message);
    },
  },
  {
    id: 'error.v1-is-text',
    requires: 'A refusal of v1 is text.',
    source: 'rest-api 4.2',
    async run(stage) {
      const { headers } = await stage.restOk(`/api/v1/hubs/${stage.hub}`, 400, text('{}'));
      requireMatch('Content-Type', headers['content-type'], /^text\/plain/);
    },
  },
  {
    id: 'error.head-has-no-body',
    requires: 'A refusal of a HEAD has its code, and no body.',
    source: 'rest-api 7.2',
    async run(stage) {
      const answer = await stage.restOk(dated(stage.hub, USER), 404, { method: 'HEAD' });
      requireEqual('code and body', [answer.headers['x-ms-error-code'], answer.text], ['Warning.User.NotExisted', '']);
    },
  },
  {
    id: 'cors.echoes',
    requires: 'Pages may call REST: their origin is echoed.',
    source: 'rest-api 2.4',
    severity: 'should',
    async run(stage) {
      const headers = { Origin: 'https://page.example' };
      const answer = await stage.rest(dated(stage.hub, USER), { headers });
      requireEqual('the origin', answer.headers['access-control-allow-origin'], 'https://page.example');
    },
  },
]);
