// rest-api 7.3; client-protocol 5.5.
import { describe, expect, test } from 'vitest';
import type { RawClient } from './support/raw-client.ts';
import { outline, RestScene } from './support/rest-scene.ts';
import { UpstreamListener } from './support/upstream-listener.ts';

const HUB = '/api/hubs/chat';
const CLOSE = { type: 7, allowReconnect: true };

async function expectClosed(client: RawClient, frame: object): Promise<void> {
  expect(await client.message()).toEqual(frame);
  expect(await client.closed).toBe(1000);
}

/** The service answers it, or still reads of it. */
async function expectOpen(scene: RestScene, ...clients: readonly RawClient[]): Promise<void> {
  await scene.call(`POST ${HUB}/:send`, { json: { target: 'still here' } });
  for (const client of clients) expect(await client.message()).toMatchObject({ target: 'still here' });
}

describe('one connection', () => {
  test('with a reason and without', async () => {
    await using scene = await RestScene.start();
    const [a, b] = [await scene.client(), await scene.client()];
    await scene.call(`DELETE ${HUB}/connections/${a.connectionId}?reason=go%20away`);
    await expectClosed(a, { ...CLOSE, error: 'go away' });
    await scene.call(`DELETE ${HUB}/connections/${b.connectionId}`);
    await expectClosed(b, CLOSE);
  });

  test('is nowhere to be found when its client sees the end', async () => {
    await using scene = await RestScene.start();
    const client = await scene.client({ userId: 'ann' });
    const path = `${HUB}/connections/${client.connectionId}`;
    await scene.call(`PUT ${HUB}/groups/g/connections/${client.connectionId}`);
    expect(outline(await scene.call(`DELETE ${path}`))).toEqual({ status: 200, code: undefined });
    await client.message();
    for (const one of [path, `${HUB}/users/ann`, `${HUB}/groups/g`]) {
      expect((await scene.call(`HEAD ${one}`)).status).toBe(404);
    }
    const again = await scene.call(`DELETE ${path}`);
    expect(outline(again)).toEqual({ status: 404, code: 'Warning.Connection.NotExisted' });
  });

  test('of v1', async () => {
    await using scene = await RestScene.start();
    const client = await scene.client();
    const path = `/api/v1/hubs/chat/connections/${client.connectionId}?reason=over`;
    expect((await scene.call(`DELETE ${path}`)).status).toBe(202);
    await expectClosed(client, { ...CLOSE, error: 'over' });
    expect((await scene.call(`DELETE ${path}`)).status).toBe(202);
  });
});

describe('many connections', () => {
  test('of a hub but those who are excluded', async () => {
    await using scene = await RestScene.start();
    const [a, b, kept] = [await scene.client(), await scene.client(), await scene.client()];
    const other = await scene.client({ hub: 'other' });
    const path = `${HUB}/:closeConnections?excluded=${kept.connectionId}&excluded=no&reason=bye`;
    expect((await scene.call(`POST ${path}`, { json: { Target: null, Arguments: null } })).status).toBe(204);
    for (const client of [a, b]) await expectClosed(client, { ...CLOSE, error: 'bye' });
    await expectOpen(scene, kept);
    expect((await scene.call(`GET /api/hubs/other/connections/${other.connectionId}`)).status).toBe(200);
  });

  test('of a user but those who are excluded', async () => {
    await using scene = await RestScene.start();
    const [a, kept] = [await scene.client({ userId: 'ann' }), await scene.client({ userId: 'ann' })];
    const bob = await scene.client({ userId: 'bob' });
    await scene.call(`POST ${HUB}/users/ann/:closeConnections?excluded=${kept.connectionId}`);
    await expectClosed(a, CLOSE);
    await expectOpen(scene, kept, bob);
  });

  test('of a group but those who are excluded', async () => {
    await using scene = await RestScene.start();
    const [a, kept, out] = [await scene.client(), await scene.client(), await scene.client()];
    for (const { connectionId } of [a, kept]) await scene.call(`PUT ${HUB}/groups/g/connections/${connectionId}`);
    await scene.call(`POST ${HUB}/groups/g/:closeConnections?excluded=${kept.connectionId}&reason=bye`);
    await expectClosed(a, { ...CLOSE, error: 'bye' });
    await expectOpen(scene, kept, out);
  });
});

test('in Default mode the app server is told', async () => {
  await using scene = await RestScene.start({ appServers: [{}] });
  const client = await scene.client();
  await scene.call(`DELETE ${HUB}/connections/${client.connectionId}?reason=bye`);
  await expectClosed(client, { ...CLOSE, error: 'bye' });
  const { connectionId } = client;
  expect(await scene.appServers[0]?.expect(5)).toMatchObject({ connectionId, error: 'bye' });
});

test('in Serverless mode the upstream is told, after the connection', async () => {
  await using listener = await UpstreamListener.start();
  await using scene = await RestScene.start({ upstream: [{ urlTemplate: `${listener.url}/{category}/{event}` }] });
  const client = await scene.client();
  await scene.call(`DELETE ${HUB}/connections/${client.connectionId}?reason=bye`);
  await expectClosed(client, { ...CLOSE, error: 'bye' });
  expect(await listener.calls.next()).toMatchObject({ url: '/connections/connected' });
  const { url, body } = await listener.calls.next();
  expect(url).toBe('/connections/disconnected');
  expect(JSON.parse(body.toString())).toEqual({ Type: 11, Error: 'bye' });
});
