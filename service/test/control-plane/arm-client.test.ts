// The released client of Azure Resource Manager against the control port of a running process: what it changes acts on
// the resources that run (control-plane 3).
import { SignalRManagementClient } from '@azure/arm-signalr';
import { describe, expect, test } from 'vitest';
import { developmentCertificate } from '../../src/cli/development-certificate.ts';
import { type ControlAppOptions, createControlApp } from '../../src/control-plane/control-app.ts';
import { listenControl } from '../../src/control-plane/control-listener.ts';
import { addressOf, startScene, temporaryFolder } from '../support/host-scene.ts';
import { httpRequest } from '../support/http-request.ts';
import { clientToken, RawClient } from '../support/raw-client.ts';
import { opened } from '../support/scene.ts';
import type { ServiceAddress } from '../support/service-address.ts';

const SUBSCRIPTION = '00000000-0000-0000-0000-000000000000';
const GROUP = 'my-rg';
const NAME = 'my-signalr-service';
const CREDENTIAL = { getToken: async () => ({ token: 'any', expiresOnTimestamp: Date.now() + 3_600_000 }) };

async function openControl(options: Partial<ControlAppOptions> = {}) {
  const { host } = await startScene();
  const { resources } = host;
  const { cert, key } = await developmentCertificate(await temporaryFolder());
  const app = createControlApp({ resources, ...options });
  const certificate = async () => ({ cert, key });
  const listener = await listenControl(app, { host: '127.0.0.1', port: 0, certificate });
  opened.push(listener);
  return { listener, resources, cert };
}

/** Over plain HTTP, without the policy that refuses to send a token there. */
async function openClient(options: Partial<ControlAppOptions> = {}) {
  const { listener, resources } = await openControl(options);
  const client = new SignalRManagementClient(CREDENTIAL, SUBSCRIPTION, {
    endpoint: listener.url,
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
  return { signalR: client.signalR, client, resources, url: listener.url };
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** Status of a client's negotiate with the token of a key. */
async function negotiateStatus(service: ServiceAddress): Promise<number> {
  const headers = { authorization: `Bearer ${await clientToken(service)}` };
  return (await httpRequest(service, { method: 'POST', path: '/client/negotiate?hub=chat', headers })).status;
}

/** Creates a resource; gives it as it runs. */
async function create({ signalR, resources }: Pick<Awaited<ReturnType<typeof openClient>>, 'signalR' | 'resources'>) {
  await signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE);
  const found = resources.find(NAME);
  if (found === undefined) throw new Error('it was created');
  return found;
}

const FREE = {
  location: 'eastus',
  sku: { name: 'Free_F1', capacity: 1 },
  features: [{ flag: 'ServiceMode', value: 'Serverless' }],
};

describe('@azure/arm-signalr', () => {
  test('creates a resource that runs, and reads it', async () => {
    const { signalR, resources } = await openClient();
    const created = await signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE);
    const url = resources.find(NAME)?.url;
    expect(created).toMatchObject({
      name: NAME,
      location: 'eastus',
      provisioningState: 'Succeeded',
      hostName: '127.0.0.1',
      sku: { name: 'Free_F1', tier: 'Free', capacity: 1 },
      publicNetworkAccess: 'Enabled',
      features: [{ flag: 'ServiceMode', value: 'Serverless' }],
    });
    expect(url).toBe(`http://${created.hostName}:${created.publicPort}`);
    expect(await signalR.get(GROUP, NAME)).toEqual(created);
    expect(created.systemData?.createdAt).toBeInstanceOf(Date);
  });

  test('lists resources of a group and of the subscription', async () => {
    const { signalR } = await openClient();
    await signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE);
    await signalR.beginCreateOrUpdateAndWait('other', 'another-one', FREE);
    const names = async (pages: AsyncIterable<{ name?: string }>) => (await all(pages)).map(({ name }) => name);
    expect(await names(signalR.listByResourceGroup(GROUP))).toEqual([NAME]);
    expect(await names(signalR.listBySubscription())).toEqual(['another-one', 'default', NAME]);
  });

  test('updates tier, units and tags, and leaves the rest', async () => {
    const { signalR, resources } = await openClient();
    await signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE);
    const scaled = await signalR.beginUpdateAndWait(GROUP, NAME, { sku: { name: 'Standard_S1', capacity: 2 } });
    expect(scaled).toMatchObject({ sku: { name: 'Standard_S1', tier: 'Standard', size: 'S1', capacity: 2 } });
    const tagged = await signalR.beginUpdateAndWait(GROUP, NAME, { tags: { a: 'b' } });
    expect(tagged).toMatchObject({ tags: { a: 'b' }, sku: { capacity: 2 }, features: FREE.features });
    expect(resources.find(NAME)?.record).toMatchObject({ sku: 'Standard_S1', capacity: 2 });
  });

  test('gives units that admit more connections at once', async () => {
    const { signalR, resources } = await openClient();
    const found = await create({ signalR, resources });
    const address = addressOf(found);
    for (let count = 0; count < 20; count++) opened.push(await RawClient.connect(address, { negotiates: false }));
    expect(await negotiateStatus(address)).toBe(429);
    await signalR.beginUpdateAndWait(GROUP, NAME, { sku: { name: 'Standard_S1' } });
    expect(await negotiateStatus(address)).toBe(200);
  });

  test('changes the mode at once', async () => {
    const { signalR, resources } = await openClient();
    const found = await create({ signalR, resources });
    const connected = await RawClient.connect(addressOf(found));
    opened.push(connected);
    await signalR.beginUpdateAndWait(GROUP, NAME, { features: [{ flag: 'ServiceMode', value: 'Default' }] });
    expect(await connected.message()).toMatchObject({ type: 7, error: 'Service mode has changed.' });
  });

  test('rotates keys: the old one is refused, the other goes on', async () => {
    const { signalR, resources } = await openClient();
    await signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE);
    const url = resources.find(NAME)?.url ?? '';
    const {
      primaryConnectionString = '',
      secondaryConnectionString = '',
      ...before
    } = await signalR.listKeys(GROUP, NAME);
    expect(primaryConnectionString).toBe(`Endpoint=${url};AccessKey=${before.primaryKey};Version=1.0;`);
    const port = Number(new URL(url).port);
    const ask = (connectionString: string) => negotiateStatus({ url, port, connectionString });
    expect(await Promise.all([primaryConnectionString, secondaryConnectionString].map(ask))).toEqual([200, 200]);
    const after = await signalR.beginRegenerateKeyAndWait(GROUP, NAME, { keyType: 'Primary' });
    expect(after.primaryKey).not.toBe(before.primaryKey);
    expect(after.secondaryKey).toBe(before.secondaryKey);
    const asked = [primaryConnectionString, secondaryConnectionString, after.primaryConnectionString ?? ''];
    expect(await Promise.all(asked.map(ask))).toEqual([401, 200, 200]);
  });

  test('restarts: clients are told to come back, to the same place', async () => {
    const { signalR, resources } = await openClient();
    const found = await create({ signalR, resources });
    const { url } = found;
    const connected = await RawClient.connect(addressOf(found));
    opened.push(connected);
    await signalR.beginRestartAndWait(GROUP, NAME);
    expect(await connected.message()).toEqual({ type: 7, allowReconnect: true });
    expect(found.url).toBe(url);
  });

  test('stops and starts', async () => {
    const { signalR, resources, url } = await openClient();
    const address = addressOf(await create({ signalR, resources }));
    expect(await patch(url, { properties: { resourceStopped: 'true' } })).toBe(200);
    await expect(negotiateStatus(address)).rejects.toThrow('ECONNREFUSED');
    expect(await patch(url, { properties: { resourceStopped: 'false' } })).toBe(200);
    expect(await negotiateStatus(address)).toBe(200);
  });

  test('deletes, and again', async () => {
    const { signalR, resources } = await openClient();
    await signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE);
    await signalR.beginDeleteAndWait(GROUP, NAME);
    expect(resources.find(NAME)).toBeUndefined();
    await expect(signalR.get(GROUP, NAME)).rejects.toMatchObject({ statusCode: 404, code: 'ResourceNotFound' });
    await signalR.beginDeleteAndWait(GROUP, NAME);
  });

  test('is told what is wrong by code and sentence', async () => {
    const { signalR } = await openClient();
    const creating = (name: string, sku: { name: string; capacity?: number }) =>
      signalR.beginCreateOrUpdateAndWait(GROUP, name, { location: 'eastus', sku });
    await expect(creating('a', { name: 'Free_F1' })).rejects.toMatchObject({ code: 'InvalidResourceName' });
    await expect(creating(NAME, { name: 'Gold' })).rejects.toMatchObject({ statusCode: 400, code: 'BadRequest' });
    await expect(creating(NAME, { name: 'Standard_S1', capacity: 15 })).rejects.toThrow('must be one of 1, 2, 3');
    await expect(signalR.beginDeleteAndWait('default', 'default')).rejects.toMatchObject({ code: 'Conflict' });
  });

  test('asks for names, tiers, usages and operations', async () => {
    const { client, signalR } = await openClient();
    await signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE);
    const type = 'Microsoft.SignalRService/SignalR';
    expect(await signalR.checkNameAvailability('eastus', { type, name: NAME })).toMatchObject({ nameAvailable: false });
    expect((await signalR.listSkus(GROUP, NAME)).value?.map(({ sku }) => sku?.name)).toContain('Premium_P2');
    expect(await all(client.usages.list('eastus'))).toMatchObject([
      { name: { value: 'FreeTierInstances' }, currentValue: 1 },
      {},
    ]);
    const operations = await all(client.operations.list());
    expect(operations.map(({ name }) => name)).toContain(`${type}/read`);
    const logs = operations.flatMap(({ properties }) => properties?.serviceSpecification?.logSpecifications ?? []);
    expect(logs.map(({ name }) => name)).toEqual(['AllLogs']);
    const links = all(client.signalRPrivateLinkResources.list(GROUP, NAME));
    await expect(links).rejects.toMatchObject({ statusCode: 501, code: 'NotImplemented' });
  });

  test('polls long-running operations to their end', async () => {
    const { signalR, resources } = await openClient({ longRunningPolls: 2 });
    // It takes a Retry-After of 0 for none, and would wait two seconds.
    const soon = { updateIntervalInMs: 1 };
    const created = await signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE, soon);
    expect(created).toMatchObject({ name: NAME, provisioningState: 'Succeeded' });
    const updated = await signalR.beginUpdateAndWait(GROUP, NAME, { tags: { a: 'b' } }, soon);
    expect(updated).toMatchObject({ name: NAME, tags: { a: 'b' } });
    const renewed = await signalR.beginRegenerateKeyAndWait(GROUP, NAME, { keyType: 'Secondary' }, soon);
    expect(renewed.secondaryKey).toBe(resources.find(NAME)?.record.secondaryKey);
    await signalR.beginRestartAndWait(GROUP, NAME, soon);
    const refused = signalR.beginDeleteAndWait('default', 'default', soon);
    await expect(refused).rejects.toThrow(/Conflict.*command line/);
    await signalR.beginDeleteAndWait(GROUP, NAME, soon);
    expect(resources.find(NAME)).toBeUndefined();
  });

  test('sends its token over HTTPS, with the certificate trusted', async () => {
    const { listener, cert } = await openControl();
    const client = new SignalRManagementClient(CREDENTIAL, SUBSCRIPTION, {
      endpoint: listener.url.replace('http:', 'https:'),
      tlsOptions: { ca: cert },
      retryOptions: { maxRetries: 0 },
    });
    const created = await client.signalR.beginCreateOrUpdateAndWait(GROUP, NAME, FREE);
    expect(created).toMatchObject({ name: NAME, provisioningState: 'Succeeded' });
    expect((await client.signalR.listKeys(GROUP, NAME)).primaryKey).toHaveLength(88);
  });
});

/** What this version of the client has no member for. */
async function patch(url: string, body: object): Promise<number> {
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.SignalRService/signalR/${NAME}`;
  const answer = await fetch(`${url}${id}?api-version=2024-03-01`, { method: 'PATCH', body: JSON.stringify(body) });
  return answer.status;
}
