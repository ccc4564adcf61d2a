// Lists that are asked for beside resources (control-plane 5.2, 6).
import { beforeEach, describe, expect, test } from 'vitest';
import { ControlScene, GROUP_PATH, PROVIDER_PATH } from '../../test/control-plane/control-scene.ts';

let scene: ControlScene;

beforeEach(() => {
  scene = new ControlScene();
});

describe('tiers', () => {
  test('are listed with the units that each can have', async () => {
    await scene.put('my-service');
    const { body } = await scene.call('GET', `${GROUP_PATH}/my-service/skus`);
    expect(body).toMatchObject({
      value: [
        {
          resourceType: 'Microsoft.SignalRService/SignalR',
          sku: { name: 'Free_F1', tier: 'Free' },
          capacity: { minimum: 0, maximum: 1, default: 1, allowedValues: [1], scaleType: 'Manual' },
        },
        { sku: { name: 'Standard_S1' }, capacity: { maximum: 100, scaleType: 'Manual' } },
        { sku: { name: 'Premium_P1' }, capacity: { maximum: 100, scaleType: 'Automatic' } },
        { sku: { name: 'Premium_P2' }, capacity: { minimum: 0, maximum: 1000, default: 100 } },
      ],
    });
  });
});

describe('usages', () => {
  test('count free instances and units of a region', async () => {
    await scene.put('free-one', { sku: { name: 'Free_F1' } });
    await scene.put('paid-one', { sku: { name: 'Standard_S1', capacity: 3 } });
    await scene.put('paid-two', { sku: { name: 'Premium_P1', capacity: 20 } });
    await scene.put('far-away', { location: 'westus' });
    const { body } = await scene.call('GET', `${PROVIDER_PATH}/locations/East US/usages`);
    expect(body).toEqual({
      value: [
        {
          id: `${PROVIDER_PATH}/locations/East US/usages/FreeTierInstances`,
          name: { value: 'FreeTierInstances', localizedValue: 'FreeTierInstances' },
          currentValue: 1,
          limit: 5,
          unit: 'Count',
        },
        expect.objectContaining({ currentValue: 23, limit: 150 }),
      ],
    });
  });
});

describe('names', () => {
  const path = `${PROVIDER_PATH}/locations/eastus/checkNameAvailability`;
  const type = 'microsoft.signalrservice/signalr';

  test('are free, taken or impossible', async () => {
    await scene.put('my-service');
    const ask = async (name: string) => (await scene.call('POST', path, { type, name })).body;
    expect(await ask('other')).toEqual({ nameAvailable: true });
    expect(await ask('MY-service')).toMatchObject({ nameAvailable: false, reason: 'AlreadyExists' });
    expect(await ask('a')).toMatchObject({ nameAvailable: false, reason: 'Invalid' });
  });

  test.each([{ name: 'other' }, { name: 'other', type: 'Microsoft.Web/sites' }, { type }])(
    '%j is no question',
    async (body) => {
      expect(await scene.call('POST', path, body)).toMatchObject({
        status: 400,
        body: { error: { code: 'BadRequest' } },
      });
    },
  );
});

describe('operations', () => {
  test('are listed with names and words', async () => {
    const { body } = await scene.call('GET', '/providers/microsoft.signalrservice/operations');
    expect(body).toMatchObject({
      value: expect.arrayContaining([
        expect.objectContaining({
          name: 'Microsoft.SignalRService/SignalR/read',
          isDataAction: false,
          origin: 'user,system',
          display: expect.objectContaining({ provider: 'Microsoft.SignalRService', resource: 'SignalR' }),
        }),
      ]),
    });
  });
});
