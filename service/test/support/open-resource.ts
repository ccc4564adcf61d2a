import { DEFAULT_LIMITS, DEFAULT_TIMERS } from 'signalite';
import { type EntraOptions, entraRuleOf } from '../../src/config/entra-options.ts';
import { ServiceEvents } from '../../src/log/events.ts';
import { NO_NETWORK_RULES } from '../../src/network/network-rules.ts';
import { NO_QUOTA } from '../../src/quota/resource-quota.ts';
import { Resource } from '../../src/resource/resource.ts';
import { ResourceSettings, type ResourceSettingsValues } from '../../src/settings/resource-settings.ts';
import { RecordedEvents } from './recorded-events.ts';
import type { ServiceAddress } from './service-address.ts';

const HOST = '127.0.0.1';

export interface OpenResource extends ServiceAddress, AsyncDisposable {
  readonly settings: ResourceSettings;
  readonly events: RecordedEvents;
}

/** A resource on its port, with settings that no option of a service sets. */
export async function openResource(
  values: Pick<ResourceSettingsValues, 'primaryKey'> & Partial<ResourceSettingsValues>,
  entra: EntraOptions = { mode: 'off' },
): Promise<OpenResource> {
  const settings = new ResourceSettings({
    quota: NO_QUOTA,
    serverlessTimes: {},
    network: NO_NETWORK_RULES,
    name: 'test',
    serviceMode: 'Default',
    secondaryKey: undefined,
    localAuth: true,
    entraAuth: true,
    allowedOrigins: [],
    upstream: [],
    ...values,
  });
  const recorded = new RecordedEvents();
  const events = new ServiceEvents();
  events.subscribe(recorded.listener);
  const resource = new Resource(settings, {
    host: HOST,
    port: 0,
    https: undefined,
    auth: 'strict',
    entra: entraRuleOf(entra, HOST),
    limits: DEFAULT_LIMITS,
    timers: { ...DEFAULT_TIMERS, sweepMs: 5 },
    http: {
      audienceHosts: undefined,
      trustProxy: false,
      checkWebSocketOrigin: false,
      refuseServerUpgrade: false,
      strictApiVersion: false,
    },
    upstreamSecret: undefined,
    upstreamStreams: false,
    events,
    now: Date.now,
  });
  const port = await resource.start();
  return {
    settings,
    events: recorded,
    port,
    url: `http://${HOST}:${port}`,
    connectionString: `Endpoint=http://${HOST};Port=${port};AccessKey=${values.primaryKey};Version=1.0;`,
    [Symbol.asyncDispose]: () => resource.stop(),
  };
}
