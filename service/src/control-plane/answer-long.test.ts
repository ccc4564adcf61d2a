import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, ControlScene, GROUP_PATH } from '../../test/control-plane/control-scene.ts';
import { ResourceError } from '../resources/resources.ts';

const RESOURCE = `${GROUP_PATH}/my-service`;
const TWICE = { 'x-emulator-lro': '2' };
let scene: ControlScene;

beforeEach(() => {
  scene = new ControlScene();
});

function linkOf({ headers }: Answer, name: string): string {
  const { pathname, search } = new URL(headers.get(name) ?? '');
  return `${pathname}${search}`;
}

describe('a long-running operation', () => {
  test('says as often as it was asked to that it runs', async () => {
    const begun = await scene.call('PUT', RESOURCE, { location: 'eastus' }, TWICE);
    expect(begun).toMatchObject({ status: 201, body: { properties: { provisioningState: 'Creating' } } });
    expect(begun.headers.get('retry-after')).toBe('0');
    const path = linkOf(begun, 'azure-asyncoperation');
    expect(path).toMatch(/\/locations\/eastus\/operationStatuses\/[\w-]+\?api-version=2023-02-01$/);
    const states = [];
    for (let poll = 0; poll < 4; poll++) states.push((await scene.call('GET', path)).body);
    expect(states).toMatchObject([
      { status: 'Running', startTime: expect.any(String) },
      { status: 'Running' },
      { status: 'Succeeded', endTime: expect.any(String) },
      { status: 'Succeeded' },
    ]);
  });

  test('gives the resource as its result', async () => {
    await scene.put('my-service');
    const begun = await scene.call('PATCH', RESOURCE, { tags: { a: 'b' } }, TWICE);
    expect(begun).toMatchObject({ status: 202, body: undefined });
    const path = linkOf(begun, 'location');
    expect((await scene.call('GET', path)).status).toBe(202);
    expect((await scene.call('GET', path)).headers.get('location')).toContain('/operationResults/');
    expect(await scene.call('GET', path)).toMatchObject({ status: 200, body: { tags: { a: 'b' } } });
  });

  test('gives keys by its location only', async () => {
    await scene.put('my-service');
    const begun = await scene.call('POST', `${RESOURCE}/regenerateKey`, { keyType: 'Primary' }, TWICE);
    expect(begun.status).toBe(202);
    expect(begun.headers.has('azure-asyncoperation')).toBe(false);
    const path = linkOf(begun, 'location');
    for (let poll = 0; poll < 2; poll++) await scene.call('GET', path);
    const { primaryKey } = scene.resources.find('my-service')?.record ?? {};
    expect((await scene.call('GET', path)).body).toMatchObject({ primaryKey });
  });

  test.each(['DELETE', 'POST'])('has no result after %s', async (method) => {
    await scene.put('my-service');
    const path = method === 'POST' ? `${RESOURCE}/restart` : RESOURCE;
    const begun = await scene.call(method, path, undefined, { 'x-emulator-lro': '1' });
    expect(begun.status).toBe(202);
    const status = linkOf(begun, 'azure-asyncoperation');
    expect((await scene.call('GET', status)).body).toMatchObject({ status: 'Running' });
    expect((await scene.call('GET', status)).body).toMatchObject({ status: 'Succeeded' });
    const { status: code, body } = await scene.call('GET', linkOf(begun, 'location'));
    expect(code).toBe(method === 'POST' ? 204 : 200);
    expect(body).toBeUndefined();
  });

  test('that fails says why', async () => {
    scene.resources.failure = new ResourceError('not-stored', 'The state folder is full.');
    const begun = await scene.call('PUT', RESOURCE, { location: 'eastus' }, { 'x-emulator-lro': '1' });
    expect(begun.status).toBe(202);
    const path = linkOf(begun, 'azure-asyncoperation');
    await scene.call('GET', path);
    const error = { code: 'StorageFailed', message: 'The state folder is full.' };
    expect((await scene.call('GET', path)).body).toMatchObject({ status: 'Failed', error });
    expect(await scene.call('GET', linkOf(begun, 'location'))).toMatchObject({ status: 507, body: { error } });
  });

  test('does not begin with a bad request', async () => {
    const body = { location: 'eastus', sku: { name: 'Gold' } };
    expect((await scene.call('PUT', RESOURCE, body, TWICE)).status).toBe(400);
  });

  test('is what every call gets when the port was opened so, but for those that want none', async () => {
    const slow = new ControlScene({ longRunningPolls: 1 });
    expect((await slow.put('my-service')).headers.has('azure-asyncoperation')).toBe(true);
    const atOnce = await slow.call('DELETE', RESOURCE, undefined, { 'x-emulator-lro': '0' });
    expect(atOnce.status).toBe(200);
  });

  test.each(['-1', 'many', '101', '1.5', ''])('%j is no number of polls', async (polls) => {
    const answer = await scene.call('PUT', RESOURCE, { location: 'eastus' }, { 'x-emulator-lro': polls });
    expect(answer).toMatchObject({ status: 400, body: { error: { target: 'x-emulator-lro' } } });
  });

  test('is forgotten when a thousand came after it', async () => {
    await scene.put('my-service');
    const restart = () => scene.call('POST', `${RESOURCE}/restart`, undefined, { 'x-emulator-lro': '1' });
    const first = linkOf(await restart(), 'azure-asyncoperation');
    const second = linkOf(await restart(), 'azure-asyncoperation');
    for (let count = 0; count < 999; count++) await restart();
    expect(await scene.call('GET', first)).toMatchObject({ status: 404, body: { error: { code: 'NotFound' } } });
    expect((await scene.call('GET', second)).status).toBe(200);
  });
});
