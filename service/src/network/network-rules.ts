// Who may reach a resource from where (control-plane 5.3).

import { BlockList, isIP } from 'node:net';
import type { AclRequestType, ResourceProperties } from '../resource-store/resource-properties.ts';

type Action = 'Allow' | 'Deny';

interface IpRule {
  readonly value: string;
  readonly action: Action;
  readonly addresses: BlockList;
}

/** The rules of one resource, ready to be asked. Addresses of this machine and of private networks are public here. */
export interface NetworkRules {
  readonly isPublic: boolean;
  readonly defaultAction: Action;
  readonly allowed: ReadonlySet<AclRequestType>;
  readonly denied: ReadonlySet<AclRequestType>;
  readonly ipRules: readonly IpRule[];
}

/** Everybody may do everything. */
export const NO_NETWORK_RULES: NetworkRules = {
  isPublic: true,
  defaultAction: 'Allow',
  allowed: new Set(),
  denied: new Set(),
  ipRules: [],
};

/** The rules that a resource's properties set. */
export function networkRulesOf({ networkACLs, publicNetworkAccess }: ResourceProperties): NetworkRules {
  const { defaultAction = 'Allow', publicNetwork = {}, ipRules = [] } = networkACLs ?? {};
  return {
    isPublic: publicNetworkAccess !== 'Disabled',
    defaultAction,
    allowed: new Set(publicNetwork.allow),
    denied: new Set(publicNetwork.deny),
    ipRules: ipRules.map(({ value, action }) => ({ value, action, addresses: addressesOf(value) })),
  };
}

/**
 * The rule that refuses a kind of request from an address; undefined: none does. First whether there is a public
 * network at all, then addresses (the first rule that names the address decides; where some are allowed, all others
 * are not), then the kinds of requests.
 */
export function refusingRule(rules: NetworkRules, type: AclRequestType, address: string): string | undefined {
  if (!rules.isPublic) return 'publicNetworkAccess: Disabled';
  return refusingIpRule(rules.ipRules, address) ?? refusingTypeRule(rules, type);
}

function refusingIpRule(ipRules: readonly IpRule[], address: string): string | undefined {
  if (ipRules.length === 0) return undefined;
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const rule = ipRules.find(({ addresses }) => addresses.check(address, family));
  if (rule !== undefined) return rule.action === 'Deny' ? `ipRules: ${rule.value} Deny` : undefined;
  return ipRules.some(({ action }) => action === 'Allow') ? 'ipRules: no rule allows the address' : undefined;
}

function refusingTypeRule({ defaultAction, allowed, denied }: NetworkRules, type: AclRequestType): string | undefined {
  if (denied.has(type)) return `publicNetwork.deny: ${type}`;
  return allowed.has(type) || defaultAction === 'Allow' ? undefined : 'defaultAction: Deny';
}

/** An address or a range. Names of Azure's services stand for addresses that are known to Azure alone: for none. */
function addressesOf(value: string): BlockList {
  const addresses = new BlockList();
  const [address = '', prefix] = value.split('/');
  const version = isIP(address);
  if (version === 0) return addresses;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  const bits = Number(prefix);
  if (prefix === undefined) addresses.addAddress(address, family);
  else if (Number.isInteger(bits) && bits >= 0 && bits <= (version === 6 ? 128 : 32)) {
    addresses.addSubnet(address, bits, family);
  }
  return addresses;
}
