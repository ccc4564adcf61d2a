import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { ServiceEvent, ServiceEvents } from '../log/events.ts';
import type { ResourceRecord } from '../resource-store/resource-record.ts';
import { logCategoriesOf } from './log-categories.ts';
import { logEntryOf } from './log-entry.ts';

const FILE_SIZE = '10M';
const FILES_MAX = 5;

export interface ResourceLogOptions {
  /** Folder of the logs of all resources. */
  readonly folder: string;
  /** As it is now. */
  readonly record: () => ResourceRecord;
  /** Told of what keeps lines from being written; once for each stream. */
  readonly events: ServiceEvents;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The log of one resource: one JSON object a line, in `<name>.jsonl`, rotated by size. Which categories are written is
 * asked for each event, so that a change takes effect at once; without any there is no file.
 */
export class ResourceLog {
  readonly #options: ResourceLogOptions;
  #stream: RotatingFileStream | undefined;

  constructor(options: ResourceLogOptions) {
    this.#options = options;
  }

  write(event: ServiceEvent): void {
    const entry = logEntryOf(event);
    if (entry === undefined) return;
    const record = this.#options.record();
    if (!logCategoriesOf(record.properties).has(entry.category)) return;
    const { level, operationName, callerIpAddress, properties } = entry;
    const line = {
      time: new Date(this.#options.now()).toISOString(),
      level,
      resourceId: logIdOf(record),
      location: record.location,
      category: 'AllLogs',
      operationName,
      callerIpAddress,
      properties: { ...properties, type: entry.category },
    };
    this.#open(record.name).write(`${JSON.stringify(line)}\n`);
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined) return;
    await new Promise<void>((resolve) => {
      stream.once('error', () => resolve());
      stream.end(() => resolve());
    });
  }

  #open(name: string): RotatingFileStream {
    const { folder, events } = this.#options;
    const made =
      this.#stream ??
      createStream(`${name.toLowerCase()}.jsonl`, { path: folder, size: FILE_SIZE, maxFiles: FILES_MAX });
    if (this.#stream === undefined) {
      // A full disk stops the log and nothing else.
      made.once('error', (error: Error) =>
        events.emit({ name: 'resourceLogFailed', resource: name, reason: error.message }),
      );
      made.on('error', () => undefined);
      this.#stream = made;
    }
    return made;
  }
}

/** Azure writes ids in capitals here. */
function logIdOf({ subscriptionId, resourceGroup, name }: ResourceRecord): string {
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.SignalRService/SignalR/${name}`;
  return id.toUpperCase();
}
