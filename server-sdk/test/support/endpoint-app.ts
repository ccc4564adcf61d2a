// An app server on several services, whose clients come through its own negotiate.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HubConnection } from '@microsoft/signalr';
import { type AzureSignalROptions, withAzureSignalR } from '@signalite/server';
import { FeatureHub } from './feature-hub.ts';
import { LineLog } from './line-log.ts';
import { CLIENTS } from './official-client.ts';

type Hubs = { readonly FeatureHub: typeof FeatureHub };
export type EndpointAppOptions = Omit<AzureSignalROptions<Hubs>, 'hubs'>;

/** What the app answers a client that negotiates. */
export interface NegotiateAnswer {
  readonly status: number;
  readonly text: string;
  /** Where the client is sent to; empty when it is refused. */
  readonly url: string;
  readonly accessToken: string;
}

/** Starts the app; the user of a client is who its query names. */
export async function startEndpointApp(options: EndpointAppOptions) {
  const log = new LineLog();
  const signalr = withAzureSignalR({ hubs: { FeatureHub }, serverConnectionCount: 2, logger: log, ...options });
  await signalr.start();
  const userId = ({ url }: { url?: string | undefined }) =>
    new URL(url ?? '/', 'http://app').searchParams.get('user') ?? undefined;
  const server = createServer(signalr.negotiateListener('FeatureHub', { userId }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/features`;
  return {
    signalr,
    log,
    async negotiate(query = ''): Promise<NegotiateAnswer> {
      const response = await fetch(`${url}/negotiate?${query}`, { method: 'POST' });
      const text = await response.text();
      const { url: to = '', accessToken = '' }: Partial<NegotiateAnswer> = response.ok ? JSON.parse(text) : {};
      return { status: response.status, text, url: to, accessToken };
    },
    async connect(query = ''): Promise<HubConnection> {
      const connection = CLIENTS[10].build(`${url}?${query}`, 'json', false);
      await connection.start();
      return connection;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await signalr.close();
    },
  };
}
