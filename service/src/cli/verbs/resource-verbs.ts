// Resources by the verbs of `az signalr` (control-plane 10).

import { type ControlClient, PROVIDER, type ResourceDocument, SUBSCRIPTION } from './control-client.ts';
import { readTruth, readWhole } from './read-value.ts';
import { GROUP, NAME, text, texts, truth, type Verb, type VerbFlags } from './verb.ts';

const SKU_WORDS = 'Free_F1, Standard_S1, Premium_P1, Premium_P2';
const SETTINGS = [
  ['--service-mode <mode>', 'Default, Serverless or Classic'],
  ['--unit-count <number>', 'units; 1,000 connections each, 20 for Free_F1', readWhole],
  ['--enable-message-logs [bool]', 'write the log of messages', readTruth],
  ['-a, --allowed-origins <origins...>', 'origins of pages that may call; * for any'],
  ['--default-action <action>', 'Allow or Deny what no network rule names'],
  ['--tags <tags...>', 'key=value, more behind it; "" for none'],
] as const;

/** What `az` sends for what is not said. */
const CREATED = { serviceMode: 'Default', enableMessageLogs: false, defaultAction: 'Allow' };

/** Properties that were given, and no others. A default action leaves the rules as they are. */
function propertiesOf(flags: VerbFlags, rules: object = {}): Record<string, unknown> {
  const features = [
    ['ServiceMode', text(flags['serviceMode'])],
    [
      'EnableMessagingLogs',
      flags['enableMessageLogs'] === undefined ? undefined : titled(truth(flags['enableMessageLogs'])),
    ],
  ].flatMap(([flag, value]) => (value === undefined ? [] : [{ flag, value }]));
  const origins = texts(flags['allowedOrigins']);
  const action = text(flags['defaultAction']);
  return {
    ...(features.length === 0 ? {} : { features }),
    ...(origins === undefined ? {} : { cors: { allowedOrigins: origins } }),
    ...(action === undefined ? {} : { networkACLs: { ...rules, defaultAction: action } }),
  };
}

const titled = (value: boolean | undefined) => (value === true ? 'True' : 'False');

function tagsOf(flags: VerbFlags): Record<string, string> | undefined {
  const tags = texts(flags['tags']);
  if (tags === undefined) return undefined;
  return Object.fromEntries(
    tags
      .filter((tag) => tag !== '')
      .map((tag) => {
        const [key = '', ...value] = tag.split('=');
        return [key, value.join('=')];
      }),
  );
}

function unitsOf({ unitCount }: VerbFlags): number | undefined {
  return typeof unitCount === 'number' ? unitCount : undefined;
}

async function create(client: ControlClient, flags: VerbFlags): Promise<unknown> {
  const group = text(flags['resourceGroup']) ?? 'default';
  const capacity = unitsOf(flags);
  const tags = tagsOf(flags);
  const port = flags['port'] === undefined ? {} : { localPort: flags['port'] };
  const body = {
    location: text(flags['location']) ?? 'local',
    sku: { name: text(flags['sku']), ...(capacity === undefined ? {} : { capacity }) },
    ...(tags === undefined ? {} : { tags }),
    properties: { ...propertiesOf({ ...CREATED, ...flags }), ...port },
  };
  const path = `${SUBSCRIPTION}/resourceGroups/${encodeURIComponent(group)}/${PROVIDER}/signalR/${encodeURIComponent(String(flags['name']))}`;
  return client.request('PUT', path, body);
}

async function update(client: ControlClient, flags: VerbFlags): Promise<unknown> {
  const resource = await found(client, flags);
  const tags = tagsOf(flags);
  const clientCert = truth(flags['clientCertEnabled']);
  const noLocalAuth = truth(flags['disableLocalAuth']);
  const region = truth(flags['regionEndpointEnabled']);
  const properties = {
    ...propertiesOf(flags, rulesOf(resource)),
    ...(clientCert === undefined ? {} : { tls: { clientCertEnabled: clientCert } }),
    ...(noLocalAuth === undefined ? {} : { disableLocalAuth: noLocalAuth }),
    ...(region === undefined ? {} : { regionEndpointEnabled: region ? 'Enabled' : 'Disabled' }),
  };
  return client.request('PATCH', resource.id, {
    ...skuChange(flags, resource),
    ...(tags === undefined ? {} : { tags }),
    properties,
  });
}

/** Units without a tier are units of the tier that it has. */
function skuChange(flags: VerbFlags, resource: ResourceDocument): { sku?: object } {
  const capacity = unitsOf(flags);
  const name = text(flags['sku']);
  if (name === undefined && capacity === undefined) return {};
  const { name: current } = resource['sku'] as { name: string };
  return { sku: { name: name ?? current, ...(capacity === undefined ? {} : { capacity }) } };
}

/** Its network rules. */
export function rulesOf({ properties }: ResourceDocument): object {
  const rules = properties['networkACLs'];
  return typeof rules === 'object' && rules !== null ? rules : {};
}

/** The resource that `--name` means. Throws `VerbError` (3). */
export function found(client: ControlClient, flags: VerbFlags): Promise<ResourceDocument> {
  return client.find(String(flags['name']), text(flags['resourceGroup']));
}

/** Whether it takes connections. */
export async function changeStopped(client: ControlClient, flags: VerbFlags, isStopped: boolean): Promise<unknown> {
  const { id } = await found(client, flags);
  return client.request('PATCH', id, { properties: { resourceStopped: `${isStopped}` } });
}

async function list(client: ControlClient, flags: VerbFlags): Promise<unknown> {
  const all = await client.list();
  const group = text(flags['resourceGroup'])?.toLowerCase();
  return group === undefined ? all : all.filter(({ id }) => id.toLowerCase().includes(`/resourcegroups/${group}/`));
}

/** What one wants to see of resources at a glance. */
function rowsOf(value: unknown): unknown {
  return Array.isArray(value) ? value.map(rowOf) : value;
}

function rowOf({ name, location, sku, ...members }: Readonly<Record<string, unknown>>) {
  const { name: tier, capacity } = sku as { readonly name: string; readonly capacity: number };
  const { hostName, publicPort, provisioningState, resourceStopped, features = [] } = members;
  const flags = features as readonly { readonly flag: string; readonly value: string }[];
  return {
    name,
    location,
    sku: tier,
    units: capacity,
    mode: flags.find(({ flag }) => flag === 'ServiceMode')?.value ?? 'Default',
    state: resourceStopped === 'true' ? 'Stopped' : provisioningState,
    address: `${hostName}:${publicPort}`,
  };
}

export const RESOURCE_VERBS: readonly Verb[] = [
  {
    name: 'create',
    description: 'create a resource in a running process, with a port, keys and hubs of its own',
    options: [
      NAME,
      GROUP,
      ['!--sku <name>', SKU_WORDS],
      ['-l, --location <name>', 'kept and given back (default: local)'],
      ...SETTINGS,
      ['--port <number>', 'ours: port to listen on (default: any free one, then always the same)', readWhole],
    ],
    example: 'signalite create --name my-signalr-service --resource-group my-rg --sku Free_F1 --service-mode Default',
    run: create,
  },
  {
    name: 'list',
    description: 'list the resources',
    options: [GROUP],
    example: 'signalite list -o table',
    table: rowsOf,
    run: list,
  },
  {
    name: 'show',
    description: 'show a resource',
    options: [NAME, GROUP],
    example: 'signalite show --name my-signalr-service --query hostName -o tsv',
    run: found,
  },
  {
    name: 'update',
    description: 'change a resource; it takes effect at once, on open connections too',
    options: [
      NAME,
      GROUP,
      ['--sku <name>', SKU_WORDS],
      ...SETTINGS,
      ['--client-cert-enabled [bool]', 'kept and given back', readTruth],
      ['--disable-local-auth [bool]', 'refuse tokens of access keys', readTruth],
      ['--region-endpoint-enabled [bool]', 'only with replicas, which there are none of', readTruth],
    ],
    example: 'signalite update --name my-signalr-service --sku Standard_S1 --unit-count 2',
    run: update,
  },
  {
    name: 'delete',
    description: 'end the connections of a resource, and forget it',
    options: [NAME, GROUP],
    example: 'signalite delete --name my-signalr-service',
    run: async (client, flags) => client.request('DELETE', (await found(client, flags)).id),
  },
  {
    name: 'stop',
    description: 'stop a resource; its clients are told to come back',
    options: [NAME, GROUP],
    example: 'signalite stop --name my-signalr-service',
    run: (client, flags) => changeStopped(client, flags, true),
  },
  {
    name: 'restart',
    description: 'end all connections of a resource, and take new ones',
    options: [NAME, GROUP],
    example: 'signalite restart --name my-signalr-service',
    run: async (client, flags) => client.request('POST', `${(await found(client, flags)).id}/restart`),
  },
];
