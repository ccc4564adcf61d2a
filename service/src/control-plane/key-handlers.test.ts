import { beforeEach, describe, expect, test } from 'vitest';
import { ControlScene, GROUP_PATH } from '../../test/control-plane/control-scene.ts';

const RESOURCE = `${GROUP_PATH}/my-service`;
let scene: ControlScene;

beforeEach(async () => {
  scene = new ControlScene();
  await scene.put('my-service');
});

const keys = () => {
  const { primaryKey, secondaryKey } = scene.resources.find('my-service')?.record ?? {};
  return { primaryKey, secondaryKey };
};

describe('keys', () => {
  test('are listed with the connection strings that hold them', async () => {
    const { primaryKey, secondaryKey } = keys();
    const endpoint = 'http://127.0.0.1:40001';
    expect(await scene.call('POST', `${RESOURCE}/listKeys`)).toMatchObject({
      status: 200,
      body: {
        primaryKey,
        secondaryKey,
        primaryConnectionString: `Endpoint=${endpoint};AccessKey=${primaryKey};Version=1.0;`,
        secondaryConnectionString: `Endpoint=${endpoint};AccessKey=${secondaryKey};Version=1.0;`,
      },
    });
  });

  test('of a resource that does not run name the place where it will', async () => {
    await scene.call('PATCH', RESOURCE, { properties: { resourceStopped: 'true' } });
    const { body } = await scene.call('POST', `${RESOURCE}/listKeys`);
    expect(body).toMatchObject({ primaryConnectionString: expect.stringContaining('http://localhost:40001;') });
  });

  test.each([
    { keyType: 'Primary', isChanged: [true, false] },
    { keyType: 'secondary', isChanged: [false, true] },
    { keyType: 'SALT', isChanged: [true, true] },
  ])('are renewed by $keyType', async ({ keyType, isChanged }) => {
    const before = keys();
    const { status, body } = await scene.call('POST', `${RESOURCE}/regenerateKey`, { keyType });
    const after = keys();
    expect(status).toBe(200);
    expect(body).toMatchObject(after);
    const changed = [after.primaryKey !== before.primaryKey, after.secondaryKey !== before.secondaryKey];
    expect(changed).toEqual(isChanged);
    const made = isChanged[0] === true ? after.primaryKey : after.secondaryKey;
    expect(Buffer.from(made ?? '', 'base64').length).toBeGreaterThanOrEqual(32);
  });

  test.each([{}, { keyType: 'Third' }, { keyType: 1 }])('are not renewed by %j', async (body) => {
    const before = keys();
    const answer = await scene.call('POST', `${RESOURCE}/regenerateKey`, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', target: 'keyType', message: expect.stringContaining('Salt') } },
    });
    expect(keys()).toEqual(before);
  });
});
