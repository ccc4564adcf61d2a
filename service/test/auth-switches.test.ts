// Kinds of tokens that a resource does not accept at all (rest-api 3.2; control-plane 2).
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { httpRequest, upgradeRequest } from './support/http-request.ts';
import { type OpenResource, openResource } from './support/open-resource.ts';
import { RawClient } from './support/raw-client.ts';
import { rawToken } from './support/raw-token.ts';
import { opened } from './support/scene.ts';
import { makeToken, sdkAudience } from './support/tokens.ts';

const KEY = 'a-key-of-these-tests-0123456789-0123456789';
const USER = '/api/hubs/chat/users/ann';
const ENTRA = rawToken({ alg: 'RS256' }, { aud: 'https://signalr.azure.com', exp: 4e9 }, 'unchecked');

let resource: OpenResource;

beforeEach(async () => {
  resource = await openResource({ primaryKey: KEY }, { mode: 'trust' });
  opened.push(resource);
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** What `/client`, `/server` and `/api` say to tokens of one key. */
async function answersTo(key: string, keyId?: string): Promise<Answer[]> {
  const named = keyId === undefined ? {} : { keyId };
  const tokenFor = (audience: string) => makeToken({ key, audience, ...named });
  const client = await tokenFor(sdkAudience('client', 'chat'));
  const server = await tokenFor(sdkAudience('server', 'chat'));
  const rest = await tokenFor(`http://localhost${USER}`);
  return [
    await httpRequest(resource, { method: 'POST', path: '/client/negotiate?hub=chat', headers: bearer(client) }),
    await upgradeRequest(resource, { path: '/client?hub=chat', headers: bearer(client) }),
    await upgradeRequest(resource, { path: '/server?hub=chat', headers: bearer(server) }),
    await httpRequest(resource, { path: USER, headers: bearer(rest) }),
  ];
}

function bearer(token: string) {
  return { authorization: `Bearer ${token}` };
}

function statuses(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status);
}

async function handedOut(): Promise<{ AccessKey: string; KeyId: string }> {
  const { text } = await httpRequest(resource, { path: '/api/v1/auth/accessKey', headers: bearer(ENTRA) });
  return JSON.parse(text);
}

describe('without access keys', () => {
  beforeEach(() => resource.settings.change({ localAuth: false }));

  test('their tokens are refused with 403 and a word, on REST without one', async () => {
    const answers = await answersTo(KEY);
    expect(statuses(answers)).toEqual([403, 403, 403, 403]);
    const text = expect.stringContaining('Tokens of access keys are not accepted here');
    expect(answers.map((answer) => answer.text)).toEqual([text, text, text, '']);
  });

  test('bad tokens are bad all the same', async () => {
    expect(statuses(await answersTo('some-other-key-of-these-tests-0123456'))).toEqual([401, 401, 401, 401]);
  });

  test('app servers with Microsoft Entra ID and their clients go on', async () => {
    const server = await FakeAppServer.connect(resource, { token: ENTRA });
    opened.push(server);
    const { AccessKey, KeyId } = await handedOut();
    expect(statuses(await answersTo(AccessKey, KeyId))).toEqual([200, 101, 101, 404]);
  });

  test('tokens that the service makes itself are good', async () => {
    const path = '/api/hubs/chat/:generateToken?userId=ann';
    const { text } = await httpRequest(resource, { method: 'POST', path, headers: bearer(ENTRA) });
    const { token } = JSON.parse(text);
    const client = await RawClient.connect(resource, { token, handshake: false });
    opened.push(client);
    expect(await resource.events.next('clientConnected')).toMatchObject({ userId: 'ann' });
  });
});

test('access keys that come back are good at once, and whoever is connected stays', async () => {
  const server = await FakeAppServer.connect(resource);
  opened.push(server);
  const client = await RawClient.connect(resource);
  opened.push(client);
  resource.settings.change({ localAuth: false });
  expect(statuses(await answersTo(KEY))).toEqual([403, 403, 403, 403]);
  client.sendText('{"type":6}\x1e');
  expect(await server.expectText(client.connectionId)).toBe('{"type":6}\x1e');
  resource.settings.change({ localAuth: true });
  expect(statuses(await answersTo(KEY))).toEqual([200, 101, 101, 404]);
});

test('without Microsoft Entra ID its tokens are refused with 403, and keys go on', async () => {
  const { AccessKey, KeyId } = await handedOut();
  const server = await FakeAppServer.connect(resource, { token: ENTRA });
  opened.push(server);
  resource.settings.change({ entraAuth: false });
  const upgrade = await upgradeRequest(resource, { path: '/server?hub=chat', headers: bearer(ENTRA) });
  expect(upgrade).toMatchObject({
    status: 403,
    text: expect.stringContaining('Use a connection string with an AccessKey'),
  });
  for (const path of [USER, '/api/v1/auth/accessKey']) {
    expect(await httpRequest(resource, { path, headers: bearer(ENTRA) })).toMatchObject({ status: 403, text: '' });
  }
  server.send({ type: 28, token: ENTRA });
  expect(await server.expect(29)).toMatchObject({ errorType: 'Forbidden' });
  expect(statuses(await answersTo(AccessKey, KeyId))).toEqual([200, 101, 101, 404]);
  expect(statuses(await answersTo(KEY))).toEqual([200, 101, 101, 404]);
});
