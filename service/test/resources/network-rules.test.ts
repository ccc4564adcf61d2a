// Rules of the network, on the data plane (control-plane 5.3).
import { describe, expect, test } from 'vitest';
import type { ResourceProperties } from '../../src/resource-store/resource-properties.ts';
import { addressOf, newResource, startScene } from '../support/host-scene.ts';
import { httpRequest, upgradeRequest } from '../support/http-request.ts';
import type { ServiceAddress } from '../support/service-address.ts';

const TEXT = 'The network rules of the resource do not allow this request.';

/** Statuses of what a client, an app server and REST ask, all without a token. */
async function statuses(address: ServiceAddress): Promise<number[]> {
  const answers = [
    await httpRequest(address, { method: 'POST', path: '/client/negotiate?hub=chat' }),
    await upgradeRequest(address, { path: '/client?hub=chat' }),
    await upgradeRequest(address, { path: '/server?hub=chat' }),
    await httpRequest(address, { path: '/api/hubs/chat/users/ann' }),
  ];
  return answers.map(({ status }) => status);
}

describe('a resource', () => {
  test.each([
    ['without rules', {}, [401, 401, 401, 401]],
    ['not public', { publicNetworkAccess: 'Disabled' }, [403, 403, 403, 403]],
    [
      'for clients only',
      { networkACLs: { defaultAction: 'Deny', publicNetwork: { allow: ['ClientConnection'] } } },
      [401, 401, 403, 403],
    ],
    ['closed for REST', { networkACLs: { publicNetwork: { deny: ['RESTAPI'] } } }, [401, 401, 401, 403]],
    [
      'closed for this machine',
      { networkACLs: { ipRules: [{ value: '127.0.0.0/8', action: 'Deny' }] } },
      [403, 403, 403, 403],
    ],
  ] satisfies [string, ResourceProperties, number[]][])('%s', async (_, properties, expected) => {
    const { host } = await startScene();
    const resource = await host.resources.create(newResource('mine'));
    await host.resources.update('mine', () => ({ properties }));
    expect(await statuses(addressOf(resource))).toEqual(expected);
  });

  test('says so to whoever is refused, and the log names the rule', async () => {
    const { host, created } = await startScene();
    const properties: ResourceProperties = { networkACLs: { defaultAction: 'Deny' } };
    const address = addressOf(await host.resources.create(newResource('mine', { properties })));
    const { text } = await httpRequest(address, { method: 'POST', path: '/client/negotiate?hub=chat' });
    expect(text).toBe(TEXT);
    const rest = await httpRequest(address, { path: '/api/hubs/chat/users/ann' });
    expect(rest.text).toContain(TEXT);
    const told = { address: '127.0.0.1', rule: 'defaultAction: Deny' };
    expect(created.of('networkRefused')).toMatchObject([
      { type: 'ClientConnection', ...told },
      { type: 'RESTAPI', ...told },
    ]);
  });

  test('behind a proxy that is trusted is asked from the address that the proxy names', async () => {
    const { host } = await startScene({ trustProxy: true });
    const properties: ResourceProperties = { networkACLs: { ipRules: [{ value: '10.0.0.0/8', action: 'Allow' }] } };
    const address = addressOf(await host.resources.create(newResource('mine', { properties })));
    const ask = (from: string) =>
      httpRequest(address, { path: '/api/hubs/chat/users/ann', headers: { 'x-forwarded-for': from } });
    expect((await ask('192.168.0.1, 10.1.2.3')).status).toBe(401);
    expect((await ask('10.1.2.3, 192.168.0.1')).status).toBe(403);
  });
});
