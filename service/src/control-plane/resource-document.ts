// A resource as answers show it (control-plane 2): what was set, defaults for what was not, and what is true of this
// process: the host name and the port at which it is reached.

import { SKUS } from '../quota/skus.ts';
import { ACL_REQUEST_TYPES } from '../resource-store/resource-properties.ts';
import type { HostedResource } from '../resources/resources.ts';
import { RESOURCE_TYPE, resourceIdOf } from './resource-id.ts';

const VERSION = '1.0';

const DEFAULT_PROPERTIES = {
  features: [],
  tls: { clientCertEnabled: false },
  upstream: { templates: [] },
  networkACLs: {
    defaultAction: 'Allow',
    publicNetwork: { allow: ACL_REQUEST_TYPES, deny: [] },
    privateEndpoints: [],
    ipRules: [],
  },
  publicNetworkAccess: 'Enabled',
  disableLocalAuth: false,
  disableAadAuth: false,
  regionEndpointEnabled: 'Enabled',
  resourceStopped: 'false',
} as const;

/** States that a resource is shown in. `Failed`: its port could not be bound, `problem` says why. */
export type ProvisioningState = 'Succeeded' | 'Failed' | 'Creating' | 'Updating';

/** Where a resource is reached. `endpointOf`: for one that does not run. */
export function endpointOfResource({ record, url }: HostedResource, endpointOf: (port: number) => string): string {
  return url ?? endpointOf(record.port);
}

/** The JSON of one resource. */
export function resourceDocument(
  resource: HostedResource,
  endpointOf: (port: number) => string,
  state: ProvisioningState = resource.problem === undefined ? 'Succeeded' : 'Failed',
) {
  const { record, problem } = resource;
  const { name, location, tags, identity, createdAt, lastModifiedAt } = record;
  const { name: sku, tier, size } = SKUS[record.sku];
  return {
    id: resourceIdOf(record),
    name,
    type: RESOURCE_TYPE,
    location,
    tags: tags ?? {},
    kind: 'SignalR',
    sku: { name: sku, tier, size, capacity: record.capacity },
    identity,
    systemData: { createdAt, createdByType: 'User', lastModifiedAt, lastModifiedByType: 'User' },
    properties: {
      provisioningState: state,
      problem,
      ...addressMembers(new URL(endpointOfResource(resource, endpointOf)), record.port),
      hostNamePrefix: name,
      version: VERSION,
      ...DEFAULT_PROPERTIES,
      ...record.properties,
      features: (record.properties.features ?? []).map((feature) => ({ properties: {}, ...feature })),
      privateEndpointConnections: [],
      sharedPrivateLinkResources: [],
    },
  };
}

function addressMembers({ hostname }: URL, port: number) {
  return { externalIP: externalAddress(hostname), hostName: hostname, publicPort: port, serverPort: port };
}

/** Nothing of it is outside: a name for this machine stands for loopback. */
function externalAddress(hostname: string): string {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return /^[\d.]+$|:/.test(bare) ? bare : '127.0.0.1';
}
