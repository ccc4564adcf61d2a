import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ControlScene, GROUP_PATH } from '../../test/control-plane/control-scene.ts';
import { resourceRecordSchema } from '../resource-store/resource-record.ts';
import { settingsOf } from '../resources/settings-of-record.ts';

const RESOURCE = `${GROUP_PATH}/my-service`;
const MEMBERS = [
  'features',
  'cors',
  'serverless',
  'upstream',
  'networkACLs',
  'applicationFirewall',
  'publicNetworkAccess',
  'disableLocalAuth',
  'resourceStopped',
  'resourceLogConfiguration',
] as const;
const anything = fc.jsonValue({ maxDepth: 3 });
const properties = fc.record(Object.fromEntries(MEMBERS.map((name) => [name, anything])), { requiredKeys: [] });
const upstream = fc.record({
  templates: fc.array(
    fc.record(
      { urlTemplate: fc.oneof(anything, fc.webUrl()), hubPattern: anything, auth: anything },
      { requiredKeys: [] },
    ),
  ),
});
const networkACLs = fc.record({
  ipRules: fc.array(fc.record({ value: fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), action: fc.constant('Deny') })),
});
const feature = fc.record({
  flag: fc.constantFrom('ServiceMode', 'x'),
  value: fc.oneof(fc.constant('classic'), fc.string()),
});
const features = fc.array(feature);
const body = fc.record(
  {
    location: fc.oneof(fc.constant('eastus'), anything),
    sku: fc.oneof(anything, fc.record({ name: fc.constantFrom('Free_F1', 'x'), capacity: anything })),
    tags: anything,
    identity: anything,
    kind: anything,
    properties: fc.oneof(anything, properties, fc.record({ upstream, networkACLs, features }, { requiredKeys: [] })),
  },
  { requiredKeys: [] },
);

describe('whatever a body holds', () => {
  test.each(['PUT', 'PATCH', 'POST'])('%s takes it or says what is wrong with it', async (method) => {
    const faults: string[] = [];
    const path = method === 'POST' ? `${RESOURCE}/regenerateKey` : RESOURCE;
    await fc.assert(
      fc.asyncProperty(fc.oneof(body, anything), async (given) => {
        const scene = new ControlScene({ onFault: (message) => faults.push(message) });
        await scene.put('my-service');
        const answer = await scene.call(method, path, JSON.stringify(given));
        expect(faults).toEqual([]);
        const { record } = scene.resources.find('my-service') ?? {};
        if (record === undefined) throw new Error('it was put');
        // What is taken can be run, kept and read again.
        settingsOf(record, true);
        const kept: unknown = JSON.parse(JSON.stringify(record));
        expect(resourceRecordSchema.parse(kept)).toEqual(kept);
        if (answer.status === 200) return;
        expect([400, 409]).toContain(answer.status);
        expect(answer.body).toMatchObject({ error: { message: expect.stringMatching(/[^.]\.$/) } });
      }),
      { numRuns: 300 },
    );
  });
});
