import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Host, type HostOptions, startHost } from '../../src/host/host.ts';
import type { HostedResource, NewResource } from '../../src/resources/resources.ts';
import { RecordedEvents } from './recorded-events.ts';
import { opened } from './scene.ts';
import type { ServiceAddress } from './service-address.ts';

export interface HostScene {
  readonly host: Host;
  /** Of the process and its first resource. */
  readonly events: RecordedEvents;
  /** Of the created resources. */
  readonly created: RecordedEvents;
}

/** A process of resources that ends with the test. Deadlines are looked at often. */
export async function startScene(options: HostOptions = {}): Promise<HostScene> {
  const events = new RecordedEvents();
  const created = new RecordedEvents();
  const host = await startHost({
    host: '127.0.0.1',
    port: 0,
    onEvent: events.listener,
    onResourceEvent: (_, event) => created.listener(event),
    ...options,
    timers: { sweepMs: 5, ...options.timers },
  });
  opened.push(host);
  return { host, events, created };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalite-host-'));
  opened.push({ [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) });
  return folder;
}

export function newResource(name: string, values: Partial<NewResource> = {}): NewResource {
  return {
    name,
    subscriptionId: '00000000-0000-0000-0000-000000000000',
    resourceGroup: 'my-rg',
    location: 'eastus',
    sku: 'Standard_S1',
    capacity: 1,
    port: 0,
    properties: {},
    ...values,
  };
}

/** Where a running resource is reached, with its primary key. */
export function addressOf({ record, url }: HostedResource): ServiceAddress {
  if (url === undefined) throw new Error(`'${record.name}' does not run`);
  const { hostname, port } = new URL(url);
  const connectionString = `Endpoint=http://${hostname};Port=${port};AccessKey=${record.primaryKey};Version=1.0;`;
  return { connectionString, url, port: Number(port) };
}
