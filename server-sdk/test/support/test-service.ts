// Which service tests talk to: one in their own process, or the one that the environment names, Azure SignalR Service
// for example.
import { randomUUID } from 'node:crypto';
import { type ServiceModeName, startService } from 'signalite';
import type { TestContext } from 'vitest';

/** A service that apps connect to, under a name that no other test uses. */
export interface TestService extends AsyncDisposable {
  readonly connectionString: string;
  readonly applicationName: string;
  close(): Promise<void>;
}

const given = process.env['SIGNALITE_TEST_CONNECTION_STRING'];

/** The mode counts for a service of their own; the one that is named must be in Default mode. */
export async function openTestService(serviceMode: ServiceModeName = 'Default'): Promise<TestService> {
  const applicationName = `test_${randomUUID().replaceAll('-', '')}`;
  const { connectionString, close } = given === undefined ? await startOwn(serviceMode) : theirs(given);
  return { connectionString, applicationName, close, [Symbol.asyncDispose]: close };
}

/** For tests that know more of the service than clients and app servers do: they run with their own one only. */
export function needsOwnService({ skip }: TestContext, reason: string): void {
  skip(given !== undefined, reason);
}

async function startOwn(serviceMode: ServiceModeName) {
  const service = await startService({ host: '127.0.0.1', port: 0, serviceMode });
  return { connectionString: service.connectionString, close: () => service.close() };
}

function theirs(connectionString: string) {
  return { connectionString, close: async () => undefined };
}
