// Many resources in one process: they are kept, they change while they run, and they never meet (control-plane 2, 3, 5).
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeAppServer } from '../support/fake-app-server.ts';
import { addressOf, newResource, startScene, temporaryFolder } from '../support/host-scene.ts';
import { httpRequest } from '../support/http-request.ts';
import { call } from '../support/payloads.ts';
import { clientToken, RawClient } from '../support/raw-client.ts';
import { opened } from '../support/scene.ts';

const MODE = (value: string) => ({ features: [{ flag: 'ServiceMode', value }] });

async function joined(address: ReturnType<typeof addressOf>) {
  const server = await FakeAppServer.connect(address);
  opened.push(server);
  const client = await RawClient.connect(address, { userId: 'ann' });
  opened.push(client);
  return { server, client };
}

describe('a process', () => {
  test('has one resource without being asked, in memory and without limits', async () => {
    const { host } = await startScene();
    const [plain, ...others] = host.resources.list();
    expect(others).toEqual([]);
    expect(plain).toMatchObject({ isStored: false, url: host.service.url, record: { name: 'default' } });
    await expect(host.resources.remove('default')).rejects.toMatchObject({ code: 'conflict' });
  });

  test('hosts resources with ports, keys and hubs of their own', async () => {
    const { host } = await startScene();
    const [one, two] = await Promise.all(['one', 'two'].map((name) => host.resources.create(newResource(name))));
    if (one === undefined || two === undefined) throw new Error('two were asked for');
    expect(new Set([one.url, two.url, host.service.url]).size).toBe(3);
    expect(one.record.primaryKey).not.toBe(two.record.primaryKey);
    const first = await joined(addressOf(one));
    const second = await joined(addressOf(two));
    first.server.send({ type: 10, excludedConnectionIds: [], payloads: call('news', 'of one') });
    second.server.send({ type: 10, excludedConnectionIds: [], payloads: call('news', 'of two') });
    expect(await first.client.message()).toMatchObject({ arguments: ['of one'] });
    expect(await second.client.message()).toMatchObject({ arguments: ['of two'] });
    const foreign = await clientToken(addressOf(one));
    const headers = { authorization: `Bearer ${foreign}` };
    const path = '/client/negotiate?hub=chat';
    expect((await httpRequest(addressOf(two), { method: 'POST', path, headers })).status).toBe(401);
  });

  test('refuses a name that is taken, whatever its case', async () => {
    const { host } = await startScene();
    const answers = await Promise.allSettled([
      host.resources.create(newResource('mine')),
      host.resources.create(newResource('MINE')),
      host.resources.create(newResource('Default')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(answers[1]).toMatchObject({ reason: { code: 'conflict', message: expect.stringContaining("'MINE'") } });
  });

  test('refuses a port that is taken, and has nothing of the resource then', async () => {
    const folder = await temporaryFolder();
    const { host } = await startScene({ stateFolder: folder });
    const creating = host.resources.create(newResource('mine', { port: host.service.port }));
    await expect(creating).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('in use') });
    expect(host.resources.find('mine')).toBeUndefined();
    expect(await host.resources.remove('mine')).toBe(false);
  });
});

describe('what is kept', () => {
  test('comes back with its keys, its port and its settings', async () => {
    const stateFolder = await temporaryFolder();
    const first = await startScene({ stateFolder });
    const made = await first.host.resources.create(newResource('mine', { properties: MODE('Classic') }));
    const changed = await first.host.resources.update('mine', () => ({ capacity: 3, tags: { a: 'b' } }));
    await first.host.resources.create(newResource('gone'));
    expect(await first.host.resources.remove('GONE')).toBe(true);
    const { url } = made;
    await first.host.close();

    const second = await startScene({ stateFolder });
    expect(second.host.resources.list().map(({ record }) => record.name)).toEqual(['default', 'mine']);
    const found = second.host.resources.find('mine');
    expect(found?.record).toEqual(changed.record);
    expect(found?.url).toBe(url);
    expect(found?.isStored).toBe(true);
  });

  test('is left to the process that uses it', async () => {
    const stateFolder = await temporaryFolder();
    await writeFile(join(stateFolder, 'process.lock'), `${process.ppid}\n`);
    const { host, events } = await startScene({ stateFolder });
    expect(events.of('stateFolderNotHeld')).toMatchObject([{ folder: stateFolder, by: process.ppid }]);
    await host.resources.create(newResource('mine'));
    expect(await readdir(stateFolder)).toEqual(['process.lock']);
  });

  test('stays when a change of it cannot be written, and so does what runs', async () => {
    const stateFolder = await temporaryFolder();
    await writeFile(join(stateFolder, 'resources'), 'a file where a folder should be');
    const { host, events } = await startScene({ stateFolder: join(stateFolder, 'resources') });
    await expect(host.resources.create(newResource('mine'))).rejects.toMatchObject({ code: 'not-stored' });
    expect(host.resources.find('mine')).toBeUndefined();
    expect(events.of('resourceNotStored')).toMatchObject([{ resource: 'mine' }]);
    const { client } = await joined(host.service);
    expect(client.webSocket.readyState).toBe(1);
  });

  test('is told of when it is broken, and the rest comes back', async () => {
    const stateFolder = await temporaryFolder();
    const first = await startScene({ stateFolder });
    await first.host.resources.create(newResource('one'));
    await first.host.resources.create(newResource('two'));
    await first.host.close();
    await writeFile(join(stateFolder, 'resources', 'one.json'), '{');
    const { host, events } = await startScene({ stateFolder });
    expect(events.of('stateFileBroken')).toMatchObject([{ reason: 'It is no JSON.' }]);
    expect(host.resources.list().map(({ record }) => record.name)).toEqual(['default', 'two']);
  });

  test('is there with its problem when its port is taken meanwhile, and starts when that is over', async () => {
    const stateFolder = await temporaryFolder();
    const first = await startScene({ stateFolder });
    const { record } = await first.host.resources.create(newResource('mine'));
    await first.host.close();
    const taker = await startScene({ port: record.port });
    const { host, events } = await startScene({ stateFolder });
    expect(host.resources.find('mine')).toMatchObject({ url: undefined, problem: expect.stringContaining('in use') });
    expect(events.of('resourceNotStarted')).toMatchObject([{ resource: 'mine' }]);
    await taker.host.close();
    await host.resources.restart('mine');
    expect(host.resources.find('mine')).toMatchObject({ problem: undefined, record: { port: record.port } });
  });
});

describe('a change takes effect at once', () => {
  test('of the mode: app servers are told and their clients end', async () => {
    const { host, created } = await startScene();
    const { server, client } = await joined(addressOf(await host.resources.create(newResource('mine'))));
    await host.resources.update('mine', () => ({ properties: MODE('Serverless') }));
    expect(await server.expect(15)).toMatchObject({ message: 'Server connection is not allowed in Serverless mode.' });
    expect(await client.message()).toMatchObject({ type: 7, error: 'Service mode has changed.' });
    expect(created.of('clientClosed')).toMatchObject([{ category: 'ServiceModeSwitched' }]);
  });

  test('of a key: the old one is refused, open connections stay', async () => {
    const { host } = await startScene();
    const resource = await host.resources.create(newResource('mine'));
    const before = addressOf(resource);
    const { server, client } = await joined(before);
    const primaryKey = 'a-new-key-of-these-tests-0123456789-0123';
    await host.resources.update('mine', () => ({ primaryKey }));
    const headers = { authorization: `Bearer ${await clientToken(before)}` };
    const asked = { method: 'POST', path: '/client/negotiate?hub=chat', headers };
    expect((await httpRequest(before, asked)).status).toBe(401);
    expect(addressOf(resource).connectionString).toContain(primaryKey);
    opened.push(await FakeAppServer.connect(addressOf(resource)));
    server.send({ type: 10, excludedConnectionIds: [], payloads: call('news', 'still here') });
    expect(await client.message()).toMatchObject({ arguments: ['still here'] });
  });

  test('of the origins: the next request gets the answer', async () => {
    const { host } = await startScene();
    const address = addressOf(await host.resources.create(newResource('mine')));
    const headers = { origin: 'http://page.example', authorization: `Bearer ${await clientToken(address)}` };
    const ask = () => httpRequest(address, { method: 'POST', path: '/client/negotiate?hub=chat', headers });
    const allowed = async () => (await ask()).headers['access-control-allow-origin'];
    expect(await allowed()).toBe('http://page.example');
    await host.resources.update('mine', () => ({ properties: { cors: { allowedOrigins: ['http://other.example'] } } }));
    expect(await allowed()).toBeUndefined();
  });

  test('of its being stopped: connections end, its port is free, and it comes back there', async () => {
    const { host } = await startScene();
    const resource = await host.resources.create(newResource('mine'));
    const address = addressOf(resource);
    const { client } = await joined(address);
    await host.resources.update('mine', () => ({ properties: { resourceStopped: 'true' } }));
    expect(await client.message()).toEqual({ type: 7, allowReconnect: true });
    expect(resource.url).toBeUndefined();
    await expect(httpRequest(address, { path: '/' })).rejects.toThrow('ECONNREFUSED');
    await host.resources.update('mine', () => ({ properties: { resourceStopped: 'false' } }));
    expect(resource.url).toBe(address.url);
    expect((await httpRequest(address, { path: '/' })).status).toBe(200);
  });

  test('a restart ends connections and goes on at the same place', async () => {
    const { host } = await startScene();
    const resource = await host.resources.create(newResource('mine'));
    const address = addressOf(resource);
    const { client, server } = await joined(address);
    await host.resources.restart('mine');
    expect(await client.message()).toEqual({ type: 7, allowReconnect: true });
    expect(await server.closed).toBe(1000);
    await joined(address);
    await expect(host.resources.restart('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('of the first resource: the service in the process shows it', async () => {
    const { host } = await startScene();
    await host.resources.update('default', () => ({ primaryKey: 'a-new-key-of-these-tests-0123456789-0123' }));
    expect(host.service.connectionString).toContain('a-new-key-of-these-tests-0123456789-0123');
    host.service.changeUpstream([{ urlTemplate: 'http://127.0.0.1:1/{hub}' }]);
    const templates = host.resources.find('default')?.record.properties.upstream?.templates;
    expect(templates).toEqual([{ urlTemplate: 'http://127.0.0.1:1/{hub}' }]);
  });
});
