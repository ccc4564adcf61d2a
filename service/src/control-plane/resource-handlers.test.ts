import { beforeEach, describe, expect, test } from 'vitest';
import { ControlScene, GROUP_PATH, PROVIDER_PATH, SUBSCRIPTION } from '../../test/control-plane/control-scene.ts';
import { ResourceError } from '../resources/resources.ts';

const RESOURCE = `${GROUP_PATH}/my-service`;
let scene: ControlScene;

beforeEach(() => {
  scene = new ControlScene();
});

/** Of the answer to a refused call. */
function refusal(code: string, ...words: string[]) {
  return { error: { code, message: expect.stringMatching(new RegExp(words.join('.*'))) } };
}

describe('PUT', () => {
  test('creates a resource, and answers with it', async () => {
    const { status, body } = await scene.put('my-service', { sku: { name: 'free_f1', capacity: 1 }, tags: { a: 'b' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: `${SUBSCRIPTION}/resourceGroups/my-rg/providers/Microsoft.SignalRService/SignalR/my-service`,
      name: 'my-service',
      type: 'Microsoft.SignalRService/SignalR',
      location: 'eastus',
      kind: 'SignalR',
      tags: { a: 'b' },
      sku: { name: 'Free_F1', tier: 'Free', size: 'F1', capacity: 1 },
      properties: { provisioningState: 'Succeeded', hostName: '127.0.0.1', publicPort: 40_001, serverPort: 40_001 },
    });
    expect(scene.resources.find('my-service')?.record).toMatchObject({ sku: 'Free_F1', capacity: 1 });
  });

  test('keeps what it was given, and gives it back beside defaults', async () => {
    const properties = {
      features: [{ flag: 'ServiceMode', value: 'Serverless' }],
      cors: { allowedOrigins: ['http://page.example'] },
      upstream: { templates: [{ urlTemplate: 'http://x/{hub}' }] },
      networkACLs: { defaultAction: 'Deny', publicNetwork: { allow: ['ClientConnection'] } },
    };
    const { body } = await scene.put('my-service', { properties });
    expect(body).toMatchObject({
      properties: { ...properties, publicNetworkAccess: 'Enabled', disableLocalAuth: false, resourceStopped: 'false' },
    });
    expect(scene.resources.find('my-service')?.record.properties).toEqual(properties);
  });

  test('leaves out what cannot be written, so that what was read can be put back', async () => {
    const { body } = await scene.put('my-service');
    const again = await scene.call('PUT', RESOURCE, body);
    expect(again.status).toBe(200);
    expect(again.body).toEqual(body);
    const { properties } = scene.resources.find('my-service')?.record ?? {};
    expect(Object.keys(properties ?? {})).not.toContain('hostName');
  });

  test('makes a Standard resource of one unit when it is asked for no tier', async () => {
    await scene.put('my-service');
    expect(scene.resources.find('my-service')?.record).toMatchObject({ sku: 'Standard_S1', capacity: 1 });
  });

  test('replaces all but keys and port', async () => {
    await scene.put('my-service', { tags: { a: 'b' }, sku: { name: 'Premium_P1', capacity: 2 } });
    const before = scene.resources.find('my-service')?.record;
    const { status } = await scene.put('my-service', { properties: { disableLocalAuth: true } });
    expect(status).toBe(200);
    const { primaryKey, port } = before ?? {};
    expect(scene.resources.find('my-service')?.record).toMatchObject({
      primaryKey,
      port,
      sku: 'Standard_S1',
      capacity: 1,
      tags: undefined,
      properties: { disableLocalAuth: true },
    });
  });

  test.each(['ab', '1abc', 'abc-', 'a_b', 'a'.repeat(64)])('refuses the name %j', async (name) => {
    const { status, body } = await scene.put(name);
    expect(status).toBe(400);
    expect(body).toMatchObject(refusal('InvalidResourceName', `'${name}'`, '3 to 63'));
    expect(scene.resources.list()).toEqual([]);
  });

  test('needs a location', async () => {
    const { status, body } = await scene.call('PUT', RESOURCE, {});
    expect(status).toBe(400);
    expect(body).toMatchObject(refusal('LocationRequired', "'location' is missing"));
  });

  test('cannot move a resource, but spells its place as it likes', async () => {
    await scene.put('my-service');
    expect((await scene.put('my-service', { location: 'East US' })).status).toBe(200);
    const { status, body } = await scene.put('my-service', { location: 'westus' });
    expect(status).toBe(409);
    expect(body).toMatchObject(refusal('InvalidResourceLocation', "'eastus'", "'westus'"));
  });

  test('refuses a name that is taken in another group', async () => {
    await scene.put('my-service');
    const elsewhere = RESOURCE.replace('my-rg', 'other');
    const { status, body } = await scene.call('PUT', elsewhere, { location: 'eastus' });
    expect(status).toBe(409);
    expect(body).toMatchObject(refusal('Conflict', "'my-service' is taken"));
  });

  test.each([
    { sku: { name: 'Gold' }, words: ["'sku.name' must be one of", 'Free_F1', "not 'Gold'"] },
    { sku: {}, words: ["'sku.name' must be one of"] },
    { sku: { name: 'Free_F1', capacity: 2 }, words: ['Free_F1 cannot have 2 units', 'one of 1\\.'] },
    { sku: { name: 'Standard_S1', capacity: 11 }, words: ['one of 1, 2', '90, 100'] },
    { sku: { name: 'Premium_P2', capacity: 1 }, words: ['one of 100, 200'] },
    { sku: { name: 'Standard_S1', capacity: '2' }, words: ["'sku.capacity' must be a whole number"] },
    { sku: { name: 'Standard_S1', tier: 'Gold' }, words: ["'sku.tier' must be one of"] },
  ])('refuses the tier $sku', async ({ sku, words }) => {
    const { status, body } = await scene.put('my-service', { sku });
    expect(status).toBe(400);
    expect(body).toMatchObject(refusal('BadRequest', ...words));
  });

  test.each([
    { sku: { name: 'Standard_S1', tier: 'Basic' }, capacity: 1 },
    { sku: { name: 'standard_s1', tier: 'Free', capacity: 50 }, capacity: 50 },
    { sku: { name: 'Premium_P2', capacity: null }, capacity: 100 },
  ])('takes the tier $sku', async ({ sku, capacity }) => {
    expect((await scene.put('my-service', { sku })).status).toBe(201);
    expect(scene.resources.find('my-service')?.record.capacity).toBe(capacity);
  });

  test.each([
    { what: 'kind', body: { kind: 'RawWebSockets' }, words: ["'kind' must be SignalR"] },
    {
      what: 'mode',
      body: { properties: { features: [{ flag: 'ServiceMode', value: 'Magic' }] } },
      words: ["'properties.features.0.value' must be one of Default, Serverless, Classic"],
    },
    { what: 'flag', body: { properties: { resourceStopped: 'maybe' } }, words: ['must be "true" or "false"'] },
    { what: 'number', body: { properties: { serverless: { connectionTimeoutInSeconds: 500 } } }, words: ['<=120'] },
    { what: 'tag', body: { tags: { a: 1 } }, words: ["'tags.a' must be text"] },
    { what: 'properties', body: { properties: 'none' }, words: ["'properties'"] },
    { what: 'region', body: { properties: { regionEndpointEnabled: 'disabled' } }, words: ['replicas'] },
  ])('refuses a $what that Azure refuses', async ({ body: given, words }) => {
    const { status, body } = await scene.put('my-service', given);
    expect(status).toBe(400);
    expect(body).toMatchObject(refusal('BadRequest', ...words));
  });

  test('names everything that is wrong with the properties', async () => {
    const { body } = await scene.put('my-service', {
      properties: { disableLocalAuth: 'yes', publicNetworkAccess: 'x' },
    });
    expect(body).toMatchObject({
      error: { details: [{ target: 'properties.publicNetworkAccess' }, { target: 'properties.disableLocalAuth' }] },
    });
  });
});

describe('PATCH', () => {
  const properties = {
    features: [
      { flag: 'ServiceMode', value: 'Classic' },
      { flag: 'EnableMessagingLogs', value: 'True' },
    ],
    cors: { allowedOrigins: ['http://page.example'] },
    serverless: { connectionTimeoutInSeconds: 60, keepAliveIntervalInSeconds: 20 },
    disableLocalAuth: true,
  };
  const stored = () => scene.resources.find('my-service')?.record;

  beforeEach(async () => {
    await scene.put('my-service', { properties, tags: { a: 'b' }, sku: { name: 'Premium_P1', capacity: 3 } });
  });

  test('of tags alone changes nothing else', async () => {
    const before = stored();
    const { status, body } = await scene.call('PATCH', RESOURCE, { tags: { c: 'd' }, properties: {} });
    expect(status).toBe(200);
    expect(body).toMatchObject({ tags: { c: 'd' } });
    expect(stored()).toEqual({ ...before, tags: { c: 'd' } });
  });

  test('with nothing in it changes nothing', async () => {
    const before = stored();
    for (const body of [{}, { properties: {} }, { properties: { features: [] } }, { sku: null, properties: null }]) {
      expect((await scene.call('PATCH', RESOURCE, body)).status).toBe(200);
      expect(stored()).toEqual(before);
    }
  });

  test('merges features by flag, whatever its case', async () => {
    const features = [
      { flag: 'servicemode', value: 'Serverless' },
      { flag: 'EnableLiveTrace', value: 'True' },
    ];
    await scene.call('PATCH', RESOURCE, { properties: { features } });
    expect(stored()?.properties).toEqual({
      ...properties,
      features: [features[0], properties.features[1], features[1]],
    });
  });

  test('replaces an object as a whole, and a scalar', async () => {
    await scene.call('PATCH', RESOURCE, {
      properties: { serverless: { connectionTimeoutInSeconds: 30 }, disableLocalAuth: false },
    });
    const changed = { serverless: { connectionTimeoutInSeconds: 30 }, disableLocalAuth: false };
    expect(stored()?.properties).toEqual({ ...properties, ...changed });
  });

  test('of the tier takes its default units', async () => {
    await scene.call('PATCH', RESOURCE, { sku: { name: 'Free_F1', tier: 'Premium' } });
    expect(stored()).toMatchObject({ sku: 'Free_F1', capacity: 1, properties });
  });

  test('stops and starts the resource', async () => {
    const { body } = await scene.call('PATCH', RESOURCE, { properties: { resourceStopped: 'True' } });
    expect(body).toMatchObject({ properties: { resourceStopped: 'true', hostName: 'localhost', publicPort: 40_001 } });
  });

  test('refuses what PUT refuses, and a resource that is not there', async () => {
    const bad = await scene.call('PATCH', RESOURCE, { sku: { name: 'Gold' } });
    expect(bad).toMatchObject({ status: 400, body: refusal('BadRequest', 'Gold') });
    const absent = await scene.call('PATCH', `${GROUP_PATH}/absent`, { tags: {} });
    expect(absent).toMatchObject({ status: 404, body: refusal('ResourceNotFound', "'absent'") });
  });
});

describe('GET', () => {
  test('finds a resource whatever the case of its path', async () => {
    await scene.put('My-Service');
    const path = RESOURCE.toUpperCase().replace('SUBSCRIPTIONS', 'Subscriptions');
    const { status, body } = await scene.call('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ name: 'My-Service' });
    expect((await scene.call('HEAD', RESOURCE)).status).toBe(200);
  });

  test('finds it in its own place only', async () => {
    await scene.put('my-service');
    for (const path of [RESOURCE.replace('my-rg', 'other'), RESOURCE.replace('0000/', '0001/')]) {
      expect(await scene.call('GET', path)).toMatchObject({ status: 404, body: refusal('ResourceNotFound') });
    }
    expect((await scene.call('GET', RESOURCE.replace(/0000[\d-]+/, '0000'))).status).toBe(200);
  });

  test('says that a port could not be bound', async () => {
    await scene.put('my-service');
    const found = scene.resources.find('my-service');
    if (found === undefined) throw new Error('it was put');
    Object.assign(found, { url: undefined, problem: 'Port 40001 is in use.' });
    const { body } = await scene.call('GET', RESOURCE);
    expect(body).toMatchObject({ properties: { provisioningState: 'Failed', problem: 'Port 40001 is in use.' } });
  });

  test('lists a group and a subscription by name, on one page', async () => {
    for (const name of ['charlie', 'Alpha', 'bravo']) await scene.put(name);
    await scene.call('PUT', `${GROUP_PATH.replace('my-rg', 'other')}/delta`, { location: 'eastus' });
    await scene.call('PUT', `${GROUP_PATH.replace('0000/', '0001/')}/foreign`, { location: 'eastus' });
    const names = ['Alpha', 'bravo', 'charlie'];
    const group = await scene.call('GET', GROUP_PATH.replace('my-rg', 'MY-RG'));
    expect(group.body).toEqual({ value: names.map((name) => expect.objectContaining({ name })) });
    const all = await scene.call('GET', `${PROVIDER_PATH}/SignalR`);
    expect(all.body).toEqual({ value: [...names, 'delta'].map((name) => expect.objectContaining({ name })) });
    expect((await scene.call('GET', GROUP_PATH.replace('my-rg', 'empty'))).body).toEqual({ value: [] });
  });
});

describe('DELETE', () => {
  test('answers 200 once, and 204 for what is not there', async () => {
    await scene.put('my-service');
    expect((await scene.call('DELETE', RESOURCE.replace('my-rg', 'other'))).status).toBe(204);
    expect(await scene.call('DELETE', RESOURCE)).toMatchObject({ status: 200, body: undefined });
    expect((await scene.call('DELETE', RESOURCE)).status).toBe(204);
  });

  test('of the resource of the command line is refused with its sentence', async () => {
    await scene.put('my-service');
    scene.resources.failure = new ResourceError('conflict', 'It was made by the command line.');
    const { status, body } = await scene.call('DELETE', RESOURCE);
    expect(status).toBe(409);
    expect(body).toEqual({ error: { code: 'Conflict', message: 'It was made by the command line.' } });
  });
});

describe('what the registry refuses', () => {
  test('is said with its sentence when it cannot be kept', async () => {
    scene.resources.failure = new ResourceError('not-stored', 'The state folder is full.');
    const { status, body } = await scene.put('my-service');
    expect(status).toBe(507);
    expect(body).toEqual({ error: { code: 'StorageFailed', message: 'The state folder is full.' } });
  });

  test('restart is 204, and 404 for what is not there', async () => {
    await scene.put('my-service');
    expect(await scene.call('POST', `${RESOURCE}/restart`)).toMatchObject({ status: 204, body: undefined });
    expect(scene.resources.restarted).toEqual(['my-service']);
    expect((await scene.call('POST', `${GROUP_PATH}/absent/restart`)).status).toBe(404);
  });
});
