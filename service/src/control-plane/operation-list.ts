import { METRICS } from '../metrics/metric-definitions.ts';
import { PROVIDER } from './resource-id.ts';

/** What can be done, as roles speak of it (control-plane 6.4). */
const OPERATIONS = [
  ['SignalR/read', 'SignalR', 'Manage SignalR (read-only)', 'Read the settings of a SignalR resource'],
  ['SignalR/write', 'SignalR', 'Manage SignalR', 'Create a SignalR resource, or change its settings'],
  ['SignalR/delete', 'SignalR', 'Delete SignalR', 'Delete a SignalR resource'],
  ['SignalR/listkeys/action', 'SignalR', 'List access keys', 'Read the access keys and connection strings'],
  [
    'SignalR/regeneratekey/action',
    'SignalR',
    'Renew an access key',
    'Make an access key anew; the old one ends at once',
  ],
  ['SignalR/restart/action', 'SignalR', 'Restart SignalR', 'End all connections of a SignalR resource'],
  ['SignalR/skus/read', 'SignalR SKU', 'List tiers', 'Read the tiers that a SignalR resource can have'],
  ['locations/checknameavailability/action', 'Location', 'Check a name', 'Say whether a name is free'],
  ['locations/usages/read', 'Usage', 'List usages', 'Read what a subscription has in a region'],
  [
    'locations/operationStatuses/read',
    'Operation',
    'Read the status of an operation',
    'Say whether an operation has ended',
  ],
  [
    'locations/operationResults/read',
    'Operation',
    'Read the result of an operation',
    'Give the result of an operation',
  ],
  ['operations/read', 'Operation', 'List operations', 'Read this list'],
] as const;

/** Diagnostic settings know one category (control-plane 11). */
const LOG_SPECIFICATIONS = [{ name: 'AllLogs', displayName: 'All logs' }];
const LOG_DEFINITIONS = [
  'SignalR/providers/Microsoft.Insights/logDefinitions/read',
  'SignalR',
  'List log categories',
  'Read the categories of logs that a SignalR resource has',
] as const;

type Operation = readonly [name: string, resource: string, operation: string, description: string];

/** The metrics that Azure has; ours are in the definitions (control-plane 9). */
const METRIC_SPECIFICATIONS = Object.entries(METRICS)
  .filter(([, { isPlatform }]) => isPlatform)
  .map(([name, { displayName, description, unit, primary, category, dimensions }]) => ({
    name,
    displayName,
    displayDescription: description,
    unit,
    aggregationType: primary,
    fillGapWithZero: 'false',
    category,
    dimensions: dimensions.map((one) => ({
      name: one,
      displayName: one,
      internalName: one,
      toBeExportedForShoebox: true,
    })),
  }));
const METRIC_DEFINITIONS = [
  'SignalR/providers/Microsoft.Insights/metricDefinitions/read',
  'SignalR',
  'List metric definitions',
  'Read what is measured of a SignalR resource',
] as const;

export function listOperations(): Response {
  const metrics = operationDocument(METRIC_DEFINITIONS, { metricSpecifications: METRIC_SPECIFICATIONS });
  const logs = operationDocument(LOG_DEFINITIONS, { logSpecifications: LOG_SPECIFICATIONS });
  return Response.json({ value: [...OPERATIONS.map((operation) => operationDocument(operation)), logs, metrics] });
}

function operationDocument([name, resource, operation, description]: Operation, serviceSpecification?: object) {
  return {
    name: `${PROVIDER}/${name}`,
    isDataAction: false,
    display: { provider: PROVIDER, resource, operation, description },
    origin: 'user,system',
    properties: { serviceSpecification },
  };
}
