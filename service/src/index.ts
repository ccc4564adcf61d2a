/** The service in your own process: start it, ask for its connection string, close it. */

export type { KeyChange } from './config/access-key.ts';
export { AuthMode } from './config/auth-mode.ts';
export { DEFAULT_ENTRA_AUDIENCE, EntraMode, type EntraOptions } from './config/entra-options.ts';
export {
  DEFAULT_LIMITS,
  DEFAULT_TIMERS,
  type ServiceLimits,
  type ServiceTimers,
} from './config/limits.ts';
export { ServiceModeName } from './config/service-mode-name.ts';
export {
  DEFAULT_HOST,
  DEFAULT_PORT,
  type PemCertificate,
  type PfxCertificate,
  type ServiceOptions,
  WELL_KNOWN_ACCESS_KEY,
} from './config/service-options.ts';
export type { UpstreamAuth, UpstreamTemplate } from './config/upstream-settings.ts';
export type { SecretLookup } from './config/url-template.ts';
export { ServiceStartError, type ServiceStartErrorCode } from './errors.ts';
export type { ControlOptions } from './host/control-options.ts';
export type { QuotaPolicy } from './host/host.ts';
export { type Host, type HostOptions, startHost } from './host/host.ts';
export type { CloseCategory } from './lifetime/close-reasons.ts';
export type { ServiceEvent, ServiceEventFields, ServiceEventListener, ServiceEventName } from './log/events.ts';
export type {
  HostedResource,
  NewResource,
  ResourceChange,
  ResourceErrorCode,
  Resources,
} from './resources/resources.ts';
export { ResourceError } from './resources/resources.ts';
export { type Service, startService } from './service.ts';
