import { join } from 'node:path';
import type { ServiceOptions } from '../config/service-options.ts';
import type { ServiceEvent, ServiceEvents } from '../log/events.ts';
import { LocalResources } from '../resources/local-resources.ts';
import { createPlainResource } from '../resources/plain-resource.ts';
import type { Resources } from '../resources/resources.ts';
import { type Service, serviceOf } from '../service.ts';
import type { ControlOptions } from './control-options.ts';
import { openControl } from './open-control.ts';
import { openStore } from './open-store.ts';

const LOGS = 'logs';

/** Whose tier sets limits: those that were created, all, or none (control-plane 8.3). */
export const QuotaPolicy = { Created: 'created', All: 'all', None: 'none' } as const;
export type QuotaPolicy = (typeof QuotaPolicy)[keyof typeof QuotaPolicy];

/** Options of `startHost`. Those of `startService` are for the resource that is there from the start. */
export interface HostOptions extends ServiceOptions {
  /** Folder in which resources are kept. Default: none, they end with the process. */
  readonly stateFolder?: string | undefined;
  /** Folder for logs of resources that want one. Default: `logs` in the state folder; without one, nowhere. */
  readonly logFolder?: string | undefined;
  /** Where the process listens for what is done with its resources. Default: nowhere. */
  readonly control?: ControlOptions | undefined;
  /** Default `created`. */
  readonly quotas?: QuotaPolicy;
  /** Told of what happens in a resource that was created. Default: nobody. */
  readonly onResourceEvent?: (resource: string, event: ServiceEvent) => void;
}

/** A process of many resources. */
export interface Host extends AsyncDisposable {
  /** The resource that is there from the start. */
  readonly service: Service;
  readonly resources: Resources;
  /** `http://localhost:8889`; undefined when nobody asked for it, or its port is taken. */
  readonly controlUrl: string | undefined;
  /** Told of resources as such, and of what happens in the one that is there from the start. */
  readonly events: ServiceEvents;
  /** Stops all resources gracefully. Safe to call again. */
  close(): Promise<void>;
  /** Ends every socket at once. */
  drop(): void;
}

/**
 * Starts a service that more resources can be created in, and brings back those that were.
 *
 * @throws ServiceStartError when an option cannot be used or the port of the first resource cannot be bound.
 */
export async function startHost(options: HostOptions = {}): Promise<Host> {
  const { quotas = QuotaPolicy.Created } = options;
  const plain = createPlainResource(options, quotas === QuotaPolicy.All);
  const { events } = plain.entry;
  if (options.onEvent !== undefined) events.subscribe(options.onEvent);
  await plain.entry.start();
  const opened = await openStore(options.stateFolder, { events, now: Date.now });
  const resources = new LocalResources({
    store: opened.store,
    plain: plain.entry,
    created: { hasQuota: quotas !== QuotaPolicy.None, shared: plain.shared },
    events,
    onEvent: options.onResourceEvent ?? ignore,
    logFolder: options.logFolder ?? (options.stateFolder === undefined ? undefined : join(options.stateFolder, LOGS)),
    now: Date.now,
  });
  await resources.restore();
  const control = options.control === undefined ? undefined : await openControl(resources, options.control, events);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= Promise.all([control?.close(), resources.stop()]).then(() => opened.release());
    return closing;
  };
  return {
    service: serviceOf(plain),
    resources,
    controlUrl: control?.url,
    events,
    close,
    drop: () => resources.drop(),
    [Symbol.asyncDispose]: close,
  };
}

function ignore(): void {
  // Nobody asked to be told.
}
