// What happens at the limits of a tier (control-plane 7, 8).
import { parseConnectionString } from '@signalite/protocol';
import { describe, expect, test } from 'vitest';
import type { HostedResource } from '../../src/resources/resources.ts';
import { FakeAppServer } from '../support/fake-app-server.ts';
import { addressOf, type HostScene, newResource, startScene } from '../support/host-scene.ts';
import { httpRequest, upgradeRequest } from '../support/http-request.ts';
import { clientToken, RawClient } from '../support/raw-client.ts';
import { opened } from '../support/scene.ts';
import type { ServiceAddress } from '../support/service-address.ts';
import { makeToken, sdkAudience } from '../support/tokens.ts';

const FREE = 20;
const FULL = 'Connection count reaches limit. Add units to the resource, or close connections.';

async function fill(address: ServiceAddress, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let i = 0; i < count; i++) clients.push(await RawClient.connect(address));
  opened.push(...clients);
  return clients;
}

async function statusOfNegotiate(address: ServiceAddress) {
  const headers = { authorization: `Bearer ${await clientToken(address)}` };
  const { status, text } = await httpRequest(address, { method: 'POST', path: '/client/negotiate?hub=chat', headers });
  return { status, text };
}

/** What an app server is answered. */
async function upgradeOfServer(address: ServiceAddress) {
  const { auth } = parseConnectionString(address.connectionString);
  if (auth.kind !== 'access-key') throw new Error('an access key is needed');
  const token = await makeToken({ key: auth.accessKey, audience: sdkAudience('server', 'chat') });
  return upgradeRequest(address, { path: '/server?hub=chat', headers: { authorization: `Bearer ${token}` } });
}

/** A Free resource with an app server and as many clients as it takes besides. */
async function fullResource(scene: HostScene) {
  const resource: HostedResource = await scene.host.resources.create(newResource('mine', { sku: 'Free_F1' }));
  const address = addressOf(resource);
  const server = await FakeAppServer.connect(address);
  opened.push(server);
  const clients = await fill(address, FREE - 1);
  return { resource, address, server, clients };
}

describe('connections', () => {
  test('client and server connections count together, and the next one gets 429, whoever it is', async () => {
    const scene = await startScene();
    const { address } = await fullResource(scene);
    const headers = { authorization: `Bearer ${await clientToken(address)}` };
    expect(await statusOfNegotiate(address)).toEqual({ status: 429, text: FULL });
    expect(await upgradeRequest(address, { path: '/client?hub=chat', headers })).toMatchObject({ status: 429 });
    expect(await upgradeOfServer(address)).toMatchObject({ status: 429, text: FULL });
    expect(scene.created.of('connectionThrottled')).toMatchObject([
      { hub: 'chat', endpoint: 'Client' },
      { hub: 'chat', endpoint: 'Client' },
      { hub: 'chat', endpoint: 'Server' },
    ]);
  });

  test.each([
    ['Server-Sent Events', { accept: 'text/event-stream' }],
    ['long polling', {}],
  ])('what negotiated before the last place was taken gets 429 over %s', async (_, accept) => {
    const scene = await startScene();
    const { address, clients } = await fullResource(scene);
    clients[0]?.webSocket.terminate();
    await scene.created.next('clientClosed');
    const headers = { ...accept, authorization: `Bearer ${await clientToken(address)}` };
    const path = '/client/negotiate?hub=chat&negotiateVersion=1';
    const negotiated = JSON.parse((await httpRequest(address, { method: 'POST', path, headers })).text);
    await fill(address, 1);
    const { status } = await httpRequest(address, {
      path: `/client?hub=chat&id=${negotiated.connectionToken}`,
      headers,
    });
    expect(status).toBe(429);
  });

  test('there is room again when one leaves', async () => {
    const scene = await startScene();
    const { address, clients } = await fullResource(scene);
    clients[0]?.webSocket.terminate();
    await scene.created.next('clientClosed');
    expect((await statusOfNegotiate(address)).status).toBe(200);
  });

  test('there is room again when units are added, and those connected stay when they are taken away', async () => {
    const scene = await startScene();
    const { address, server, clients } = await fullResource(scene);
    await scene.host.resources.update('mine', () => ({ sku: 'Standard_S1' }));
    clients.push(...(await fill(address, 5)));
    await scene.host.resources.update('mine', () => ({ sku: 'Free_F1' }));
    expect((await statusOfNegotiate(address)).status).toBe(429);
    server.send({ type: 10, excludedConnectionIds: [], payloads: [] });
    await server.settled();
    expect(clients.every(({ webSocket }) => webSocket.readyState === webSocket.OPEN)).toBe(true);
  });

  test('app servers hear the capacity', async () => {
    const scene = await startScene();
    const { server } = await fullResource(scene);
    server.send({ type: 3, values: ['status', ''] });
    const { values } = await server.expect(3);
    expect(values).toEqual(['status', '1', 'clientcount', '19', 'servercount', '1', 'capacity', '20']);
  });

  test.each([
    ['the resource of the command line', 'default', {}],
    ['any with --no-quota', 'mine', { quotas: 'none' }],
  ] as const)('%s has no limit', async (_, name, options) => {
    const { host } = await startScene(options);
    if (name === 'mine') await host.resources.create(newResource('mine', { sku: 'Free_F1' }));
    else await host.resources.update('default', () => ({ sku: 'Free_F1' }));
    const resource = host.resources.find(name);
    if (resource === undefined) throw new Error('it is gone');
    opened.push(await FakeAppServer.connect(addressOf(resource)));
    expect(await fill(addressOf(resource), FREE + 1)).toHaveLength(FREE + 1);
  });

  test('with --enforce-quota the resource of the command line has the limit of its tier', async () => {
    const { host } = await startScene({ quotas: 'all' });
    await host.resources.update('default', () => ({ sku: 'Free_F1' }));
    opened.push(await FakeAppServer.connect(host.service));
    await fill(host.service, FREE - 1);
    expect((await statusOfNegotiate(host.service)).status).toBe(429);
  });
});

describe('messages of a Free resource', () => {
  const LIMIT = 20_000;
  const SPENT = `Maximum message count limit reached: ${LIMIT}`;

  async function spend(scene: HostScene) {
    const resource = await scene.host.resources.create(newResource('mine', { sku: 'Free_F1' }));
    const address = addressOf(resource);
    const server = await FakeAppServer.connect(address);
    const client = await RawClient.connect(address);
    opened.push(server, client);
    // 2 KB units: one message of 40 MB is all that a day has.
    const text = JSON.stringify({ type: 1, target: 'big', arguments: ['x'.repeat(2048 * (LIMIT - 1))] });
    server.send({
      type: 10,
      excludedConnectionIds: [],
      payloads: [{ protocol: 'json', data: Buffer.from(`${text}\u001e`) }],
    });
    return { resource, address, server, client };
  }

  test('when they are used up, everybody is told and goes, and nobody comes back that day', async () => {
    const scene = await startScene({ limits: { clientQueueBytes: 64 * 1024 * 1024 } });
    const { resource, address, server, client } = await spend(scene);
    expect(await server.expect(15)).toMatchObject({ message: SPENT });
    expect(await server.closed).toBe(1000);
    await client.closed;
    expect(client.frames.rest.map(({ data }) => data.toString())).toContain(
      '{"type":7,"error":"Message count reaches limit."}\u001e',
    );
    expect(scene.created.of('messagesSpent')).toEqual([{ name: 'messagesSpent', limit: LIMIT }]);
    const refused = await FakeAppServer.connect(address, { handshake: false });
    opened.push(refused);
    refused.send({ type: 1, version: 1, connectionType: 0, target: '', migrationLevel: 0 });
    expect(await refused.expect(2)).toMatchObject({ error: SPENT });
    expect((await statusOfNegotiate(address)).status).toBe(429);
    const token = await makeToken({ key: resource.record.primaryKey, audience: 'http://h/api/hubs/chat/:send' });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = Buffer.from('{"target":"news"}');
    const path = '/api/hubs/chat/:send';
    expect((await httpRequest(address, { method: 'POST', path, headers, body })).status).toBe(429);
    await scene.host.resources.update('mine', () => ({ sku: 'Standard_S1' }));
    expect((await statusOfNegotiate(address)).status).toBe(200);
  });
});
