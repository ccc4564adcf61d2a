import type { ServiceTimers } from '../config/limits.ts';
import type { ServiceModeName } from '../config/service-mode-name.ts';
import type { UpstreamTemplate } from '../config/upstream-settings.ts';
import type { NetworkRules } from '../network/network-rules.ts';
import type { ResourceQuota } from '../quota/resource-quota.ts';

/** How often the service pings clients that it answers itself, and how long they may be silent. */
export type ServerlessTimes = Pick<ServiceTimers, 'keepAliveMs' | 'clientTimeoutMs'>;

/** What can change about a resource while it runs. */
export interface ResourceSettingsValues {
  readonly name: string;
  readonly serviceMode: ServiceModeName;
  readonly primaryKey: string;
  /** Undefined: one key only. */
  readonly secondaryKey: string | undefined;
  /** Whether tokens of the two keys are accepted. Not of keys that were handed out. */
  readonly localAuth: boolean;
  /** Whether tokens of Microsoft Entra ID are accepted, where they are at all. */
  readonly entraAuth: boolean;
  /** Origins that get CORS headers; `*` means any, echoed. */
  readonly allowedOrigins: readonly string[];
  /** Where events of clients go in Serverless mode; the first that matches. */
  readonly upstream: readonly UpstreamTemplate[];
  /** Of clients that the service itself answers; what is not there is as at start. */
  readonly serverlessTimes: Partial<ServerlessTimes>;
  /** Who may reach it from where. */
  readonly network: NetworkRules;
  /** How much it takes. */
  readonly quota: ResourceQuota;
}

/** Told after a change took effect. */
export type SettingsListener = (now: ResourceSettingsValues, before: ResourceSettingsValues) => void;

/** Live settings of one resource. Everything below the resource reads them here and follows their changes. */
export class ResourceSettings {
  readonly #listeners = new Set<SettingsListener>();
  #current: ResourceSettingsValues;

  constructor(initial: ResourceSettingsValues) {
    this.#current = initial;
  }

  get current(): ResourceSettingsValues {
    return this.#current;
  }

  /** Replaces the given values at once and tells everybody who follows. */
  change(values: Partial<ResourceSettingsValues>): void {
    const before = this.#current;
    this.#current = { ...before, ...values };
    for (const listener of this.#listeners) listener(this.#current, before);
  }

  /** Gives a function that ends the subscription. */
  onChange(listener: SettingsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
