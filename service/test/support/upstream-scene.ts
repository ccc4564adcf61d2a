import type { ServiceLimits, ServiceTimers, UpstreamTemplate } from 'signalite';
import { DEFAULT_LIMITS, DEFAULT_TIMERS } from '../../src/config/limits.ts';
import type { SecretLookup } from '../../src/config/url-template.ts';
import { ServiceEvents } from '../../src/log/events.ts';
import { NO_NETWORK_RULES } from '../../src/network/network-rules.ts';
import { NO_QUOTA } from '../../src/quota/resource-quota.ts';
import { ResourceSettings } from '../../src/settings/resource-settings.ts';
import { createUpstream } from '../../src/upstream/http-upstream.ts';
import { createManagedIdentity, type ManagedIdentity } from '../../src/upstream/managed-identity.ts';
import type { Upstream, UpstreamClient, UpstreamMessage } from '../../src/upstream/upstream.ts';
import { RecordedEvents } from './recorded-events.ts';

export const PRIMARY_KEY = 'primary-key-of-these-tests-0123456789-0123';
export const SECONDARY_KEY = 'secondary-key-of-these-tests-0123456789-01';

export const CLIENT: UpstreamClient = {
  hub: 'chat',
  connectionId: 'c1',
  userId: undefined,
  claims: [],
  queryString: '',
};

/** An invocation of a JSON client that waits for its result. */
export const INVOKE: UpstreamMessage = {
  target: 'Send',
  hubProtocol: 'json',
  body: Buffer.from('{"type":1,"invocationId":"0","target":"Send","arguments":[]}'),
  isInvoke: true,
};

export interface UpstreamSceneOptions {
  readonly templates?: readonly UpstreamTemplate[];
  readonly timers?: Partial<ServiceTimers>;
  readonly limits?: Partial<ServiceLimits>;
  readonly secretOf?: SecretLookup;
  readonly secondaryKey?: string;
}

/** The service's side of upstreams, alone. */
export interface UpstreamScene extends AsyncDisposable {
  readonly upstream: Upstream;
  readonly settings: ResourceSettings;
  readonly events: RecordedEvents;
  readonly identity: ManagedIdentity;
}

/** `urlTemplate` gets every event, unless there are `templates`. */
export function openUpstream(urlTemplate: string, options: UpstreamSceneOptions = {}): UpstreamScene {
  const { templates = [{ urlTemplate }], secretOf, secondaryKey } = options;
  const settings = new ResourceSettings({
    quota: NO_QUOTA,
    serverlessTimes: {},
    network: NO_NETWORK_RULES,
    name: 'test',
    serviceMode: 'Serverless',
    primaryKey: PRIMARY_KEY,
    secondaryKey,
    localAuth: true,
    entraAuth: true,
    allowedOrigins: [],
    upstream: templates,
  });
  const events = new RecordedEvents();
  const serviceEvents = new ServiceEvents();
  serviceEvents.subscribe(events.listener);
  const identity = createManagedIdentity({ now: Date.now });
  const upstream = createUpstream({
    settings,
    timers: { ...DEFAULT_TIMERS, ...options.timers },
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    events: serviceEvents,
    identity,
    secretOf,
  });
  return { upstream, settings, events, identity, [Symbol.asyncDispose]: () => upstream.close() };
}
