import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withAzureSignalR } from '@signalite/server';
import type { Service } from 'signalite';
import { FeatureHub } from './feature-hub.ts';

const silent = () => undefined;

export interface FeatureApp {
  /** Address of the hub, for clients. */
  readonly url: string;
  close(): Promise<void>;
}

/** An app server with the feature hub. */
export async function startFeatureApp(service: Service): Promise<FeatureApp> {
  const signalr = withAzureSignalR({
    connectionString: service.connectionString,
    hubs: { FeatureHub },
    maximumReceiveMessageSize: null,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  await signalr.start();
  const server = createServer(signalr.negotiateListener('FeatureHub'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/features`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await signalr.close();
    },
  };
}
