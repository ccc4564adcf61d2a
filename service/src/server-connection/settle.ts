import type { MessageHost } from './message-host.ts';

/** The one place where an operation that nobody awaits may fail: it is reported, and nothing else is disturbed. */
export function settle({ context }: MessageHost, operation: Promise<unknown>): void {
  operation.catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    context.events.emit({ name: 'fault', where: 'hub operation', message });
  });
}
