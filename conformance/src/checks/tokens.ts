import { area, type Check } from '../check.ts';
import { bearer, call, type HttpAnswer } from '../peers/http.ts';
import { requireEqual, requireMatch } from '../require.ts';
import type { Stage } from '../stage.ts';
import { signToken, unsignedToken } from '../wire/token.ts';

const SKEW_SECONDS = 300;

function negotiateWith(stage: Stage, token: string | undefined): Promise<HttpAnswer> {
  const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub}&negotiateVersion=1`);
  return call(url, { method: 'POST', headers: token === undefined ? {} : bearer(token) });
}

/** Requires that negotiate takes a token, or refuses it with 401 and a challenge. */
async function requireAnswer(stage: Stage, token: string | undefined, status: 200 | 401): Promise<void> {
  const answer = await negotiateWith(stage, token);
  requireEqual('the status of negotiate', answer.status, status);
  if (status === 401) requireMatch('WWW-Authenticate', answer.headers['www-authenticate'], /^Bearer/);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

export const TOKEN_CHECKS: readonly Check[] = area('tokens', {}, [
  {
    id: 'missing',
    requires: 'A request without a token gets 401 with a Bearer challenge.',
    source: 'rest-api 3.2',
    run: (stage) => requireAnswer(stage, undefined, 401),
  },
  {
    id: 'malformed',
    requires: 'What is no token gets 401.',
    source: 'rest-api 3.2',
    run: (stage) => requireAnswer(stage, 'not.a.token', 401),
  },
  {
    id: 'other-key',
    requires: 'A token that another key signed gets 401.',
    source: 'service-protocol 2.2',
    run: (stage) => {
      const aud = `${stage.target.endpoints.audienceBase}client/?hub=${stage.hub}`;
      return requireAnswer(stage, signToken(`${stage.target.endpoints.accessKey}x`, { aud }), 401);
    },
  },
  {
    id: 'unsigned',
    requires: 'A token with the algorithm none gets 401.',
    source: 'service-protocol 2.2',
    run: (stage) =>
      requireAnswer(
        stage,
        unsignedToken({ aud: `${stage.target.endpoints.audienceBase}client/?hub=${stage.hub}` }),
        401,
      ),
  },
  {
    id: 'hs512',
    requires: 'HS512 is as good as HS256.',
    source: 'service-protocol 2.2',
    run: (stage) => requireAnswer(stage, stage.target.clientToken(stage.hub, {}, { algorithm: 'HS512' }), 200),
  },
  {
    id: 'any-key-id',
    requires: 'A kid that the service did not issue is ignored: .NET writes a random one.',
    source: 'service-protocol 2.1',
    run: (stage) => requireAnswer(stage, stage.target.clientToken(stage.hub, {}, { keyId: '-618705820' }), 200),
  },
  {
    id: 'any-issuer',
    requires: 'The issuer is not looked at: older SDKs write none.',
    source: 'service-protocol 2.1',
    run: (stage) => requireAnswer(stage, stage.target.clientToken(stage.hub, { iss: 'somebody' }), 200),
  },
  {
    id: 'expired',
    requires: 'A token that ended more than the clock skew ago gets 401.',
    source: 'service-protocol 2.1',
    run: (stage) =>
      requireAnswer(stage, stage.target.clientToken(stage.hub, { nbf: 0, exp: now() - SKEW_SECONDS - 60 }), 401),
  },
  {
    id: 'not-yet-valid',
    requires: 'A token that begins after the clock skew gets 401.',
    source: 'service-protocol 2.1',
    run: (stage) => requireAnswer(stage, stage.target.clientToken(stage.hub, { nbf: now() + SKEW_SECONDS + 60 }), 401),
  },
  {
    id: 'without-expiry',
    requires: 'A token needs an expiry.',
    source: 'service-protocol 2.1',
    run: (stage) => requireAnswer(stage, stage.target.clientToken(stage.hub, { exp: undefined }), 401),
  },
  {
    id: 'audience.other-hub',
    requires: 'A token for another hub gets 401.',
    source: 'service-protocol 2.2',
    run: (stage) => requireAnswer(stage, stage.target.clientToken(`${stage.hub}x`), 401),
  },
  {
    id: 'audience.server-token',
    requires: 'A token for server connections does not open negotiate.',
    source: 'service-protocol 2.2',
    run: (stage) => requireAnswer(stage, stage.target.serverToken(stage.hub, 'server'), 401),
  },
  {
    id: 'audience.any-port',
    requires: 'The port of the audience is not looked at: SDKs leave it out.',
    source: 'service-protocol 1.2',
    run: (stage) => {
      const base = stage.target.endpoints.audienceBase.replace(/\/$/, ':4711/');
      return requireAnswer(stage, stage.target.clientToken(stage.hub, { aud: `${base}client/?hub=${stage.hub}` }), 200);
    },
  },
  {
    id: 'audience.one-of-several',
    requires: 'One matching audience in a list is enough.',
    source: 'service-protocol 2.2',
    run: (stage) => {
      const aud = ['https://other.example.com/', `${stage.target.endpoints.audienceBase}client/?hub=${stage.hub}`];
      return requireAnswer(stage, stage.target.clientToken(stage.hub, { aud }), 200);
    },
  },
  {
    id: 'audience.challenge',
    requires: 'The challenge for a wrong audience says so.',
    source: 'rest-api 3.2',
    async run(stage) {
      const { headers } = await negotiateWith(stage, stage.target.clientToken(`${stage.hub}x`));
      const expected = 'Bearer error="invalid_token", error_description="The audience is invalid"';
      requireEqual('WWW-Authenticate', headers['www-authenticate'], expected);
    },
  },
  {
    id: 'in-the-query',
    requires: 'A token in the query access_token is taken: browsers cannot set headers on WebSockets.',
    source: 'client-protocol 1.2',
    async run(stage) {
      const token = stage.target.clientToken(stage.hub);
      const url = stage.target.clientUrl(`/client/negotiate?hub=${stage.hub}&negotiateVersion=1&access_token=${token}`);
      requireEqual('the status of negotiate', (await call(url, { method: 'POST' })).status, 200);
    },
  },
  {
    id: 'rest.client-token',
    requires: 'A token for clients does not open the REST API.',
    source: 'rest-api 3.1',
    async run(stage) {
      const url = stage.target.serverUrl(`/api/hubs/${stage.hub}/users/a?api-version=2022-06-01`);
      const answer = await call(url, { method: 'HEAD', headers: bearer(stage.target.clientToken(stage.hub)) });
      requireEqual('status', answer.status, 401);
    },
  },
  {
    id: 'rest.not-in-the-query',
    requires: 'The REST API takes a token from the header only.',
    source: 'client-protocol 1.2',
    async run(stage) {
      const path = `/api/hubs/${stage.hub}/users/a`;
      const url = stage.target.serverUrl(`${path}?api-version=2022-06-01&access_token=${stage.target.restToken(path)}`);
      requireEqual('status', (await call(url, { method: 'HEAD' })).status, 401);
    },
  },
]);
