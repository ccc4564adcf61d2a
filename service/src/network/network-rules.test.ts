import { describe, expect, test } from 'vitest';
import { resourcePropertiesSchema } from '../resource-store/resource-properties.ts';
import { NO_NETWORK_RULES, networkRulesOf, refusingRule } from './network-rules.ts';

function rules(properties: unknown) {
  return networkRulesOf(resourcePropertiesSchema.parse(properties));
}

test('without rules everything is let through', () => {
  expect(rules({})).toEqual(NO_NETWORK_RULES);
  expect(refusingRule(NO_NETWORK_RULES, 'RESTAPI', '10.0.0.1')).toBeUndefined();
});

test('without a public network nothing is, whatever else is allowed', () => {
  const closed = rules({
    publicNetworkAccess: 'disabled',
    networkACLs: { publicNetwork: { allow: ['ClientConnection'] } },
  });
  expect(refusingRule(closed, 'ClientConnection', '127.0.0.1')).toBe('publicNetworkAccess: Disabled');
});

describe('kinds of requests', () => {
  const some = rules({
    networkACLs: {
      defaultAction: 'Deny',
      publicNetwork: { allow: ['clientconnection', 'RESTAPI'], deny: ['RESTAPI'] },
    },
  });

  test.each([
    ['ClientConnection', undefined],
    ['RESTAPI', 'publicNetwork.deny: RESTAPI'],
    ['ServerConnection', 'defaultAction: Deny'],
    ['Trace', 'defaultAction: Deny'],
  ] as const)('%s: %s', (type, expected) => {
    expect(refusingRule(some, type, '127.0.0.1')).toBe(expected);
  });
});

describe('addresses', () => {
  const deny = rules({ networkACLs: { ipRules: [{ value: '10.1.0.0/24', action: 'Deny' }] } });
  const allow = rules({
    networkACLs: {
      ipRules: [
        { value: '10.1.0.7', action: 'deny' },
        { value: '10.1.0.0/24', action: 'allow' },
        { value: 'fd00::/8', action: 'Allow' },
      ],
    },
  });
  const none = 'ipRules: no rule allows the address';

  test.each([
    ['one in a refused range', deny, '10.1.0.9', 'ipRules: 10.1.0.0/24 Deny'],
    ['one outside of it', deny, '10.1.1.9', undefined],
    ['the first rule decides', allow, '10.1.0.7', 'ipRules: 10.1.0.7 Deny'],
    ['one in an allowed range', allow, '10.1.0.8', undefined],
    ['one of the other family', allow, 'fd12::1', undefined],
    ['others, where some are allowed', allow, '10.1.1.9', none],
    ['others of the other family', allow, '::1', none],
  ])('%s', (_, some, address, expected) => {
    expect(refusingRule(some, 'ClientConnection', address)).toBe(expected);
  });

  test.each(['AzureCloud', '10.0.0.0/33', '10.0.0.0/x', '::/129', ''])('"%s" names none', (value) => {
    const some = rules({ networkACLs: { ipRules: [{ value, action: 'Deny' }] } });
    expect(refusingRule(some, 'ClientConnection', '10.0.0.1')).toBeUndefined();
  });
});
