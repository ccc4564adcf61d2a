// How hubs are named and configured.

import type { HubAuthorizationContext } from './hub/authorization.ts';
import type { ContractOf, HubLifecycle } from './hub/hub.ts';
import type { HubContract } from './hub/hub-contract.ts';
import type { HubClass, ServableHub } from './hub/method-table.ts';
import type { HubDefaults } from './options.ts';

/** A hub with options of its own; they come before those of `withAzureSignalR`. */
export interface HubRegistration<H extends HubLifecycle = HubLifecycle> extends HubDefaults {
  /** A class that extends `Hub`. */
  readonly hub: ServableHub<H>;
  /** Makes the instance for one call. Needed when the constructor wants arguments. Default: `new hub()`. */
  readonly create?: () => H;
  /**
   * Who may connect, asked at negotiate, once the app has said who the client is: others get 401 while nobody knows who
   * they are, else 403. Default: everybody may.
   */
  readonly authorize?: (context: HubAuthorizationContext) => boolean | Promise<boolean>;
}

/** A class that extends `Hub`, alone or with options. */
export type HubEntry = HubClass | HubRegistration;

/** Hubs by name. Clients and the service know them by the name in lower case. */
export type HubEntries = Readonly<Record<string, HubEntry>>;

/** The contract of a registered hub. */
export type EntryContract<E> = E extends { readonly prototype: infer H }
  ? ContractOf<H>
  : E extends { readonly hub: { readonly prototype: infer H } }
    ? ContractOf<H>
    : HubContract;

/** An entry with everything that it cannot do without. */
export type CompleteRegistration = HubRegistration & Required<Pick<HubRegistration, 'hub' | 'create'>>;

/** The two forms of an entry as one. */
export function registrationOf(entry: HubEntry): CompleteRegistration {
  if (typeof entry === 'function') return { hub: entry, create: () => new entry() };
  const { hub, create, ...options } = entry;
  return { ...options, hub, create: create ?? (() => Reflect.construct(hub, [])) };
}
