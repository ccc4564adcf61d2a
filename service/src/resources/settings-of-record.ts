import { isDeepStrictEqual } from 'node:util';
import { readUpstreamSettings } from '../config/upstream-settings.ts';
import { NO_NETWORK_RULES, networkRulesOf } from '../network/network-rules.ts';
import { NO_QUOTA, quotaOf } from '../quota/resource-quota.ts';
import { type ResourceProperties, serviceModeOf } from '../resource-store/resource-properties.ts';
import type { ResourceRecord } from '../resource-store/resource-record.ts';
import type { ResourceSettingsValues, ServerlessTimes } from '../settings/resource-settings.ts';

const SECOND_MS = 1000;
const ANY_ORIGIN = ['*'];

/** What a record asks of the running resource. `hasQuota`: its tier sets limits. */
export function settingsOf(record: ResourceRecord, hasQuota: boolean): ResourceSettingsValues {
  const { properties, sku, capacity } = record;
  // Checked when the record was made.
  const upstream = readUpstreamSettings({ templates: properties.upstream?.templates ?? [] });
  return {
    name: record.name,
    serviceMode: serviceModeOf(properties),
    primaryKey: record.primaryKey,
    secondaryKey: record.secondaryKey,
    localAuth: properties.disableLocalAuth !== true,
    entraAuth: properties.disableAadAuth !== true,
    allowedOrigins: properties.cors?.allowedOrigins ?? ANY_ORIGIN,
    upstream: 'settings' in upstream ? upstream.settings.templates : [],
    serverlessTimes: serverlessTimesOf(properties),
    network: hasNetworkRules(properties) ? networkRulesOf(properties) : NO_NETWORK_RULES,
    quota: hasQuota ? quotaOf(sku, capacity) : NO_QUOTA,
  };
}

function serverlessTimesOf({ serverless }: ResourceProperties): Partial<ServerlessTimes> {
  const { connectionTimeoutInSeconds: timeout, keepAliveIntervalInSeconds: keepAlive } = serverless ?? {};
  return {
    ...(timeout === undefined ? {} : { clientTimeoutMs: timeout * SECOND_MS }),
    ...(keepAlive === undefined ? {} : { keepAliveMs: keepAlive * SECOND_MS }),
  };
}

/** Without them nobody's address is looked at. */
function hasNetworkRules({ networkACLs, publicNetworkAccess }: ResourceProperties): boolean {
  return networkACLs !== undefined || publicNetworkAccess !== undefined;
}

/** What of `before` is different in `after`: whoever follows a setting is told of real changes only. */
export function changedSettings(
  before: ResourceSettingsValues,
  after: ResourceSettingsValues,
): Partial<ResourceSettingsValues> {
  const entries = Object.entries(after);
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(entries.filter(([name, value]) => !isDeepStrictEqual(old.get(name), value)));
}
