import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withAzureSignalR } from '@signalite/server';
import { FeatureHub } from './feature-hub.ts';
import type { TestService } from './test-service.ts';

const silent = () => undefined;

/** Where the app connects to. */
type ReachedService = Pick<TestService, 'connectionString'> & Partial<Pick<TestService, 'applicationName'>>;

export interface FeatureApp {
  /** Address of the hub, for clients. */
  readonly url: string;
  readonly signalr: ReturnType<typeof createSignalR>;
  close(): Promise<void>;
}

function createSignalR({ connectionString, applicationName = '' }: ReachedService, serverConnectionCount: number) {
  return withAzureSignalR({
    connectionString,
    applicationName,
    hubs: { FeatureHub },
    maximumReceiveMessageSize: null,
    serverConnectionCount,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
}

/** An app server with the feature hub; the user is who the query names. */
export async function startFeatureApp(service: ReachedService, serverConnectionCount = 5): Promise<FeatureApp> {
  const signalr = createSignalR(service, serverConnectionCount);
  await signalr.start();
  const userId = (request: { url?: string | undefined }) =>
    new URL(request.url ?? '/', 'http://app').searchParams.get('user') ?? undefined;
  const server = createServer(signalr.negotiateListener('FeatureHub', { userId }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/features`,
    signalr,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await signalr.close();
    },
  };
}
