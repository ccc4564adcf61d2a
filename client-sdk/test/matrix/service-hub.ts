import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withAzureSignalR } from '@signalite/server';
import { startService } from 'signalite';
import { MatrixHub } from './matrix-hub.ts';

const silent = () => undefined;

/** The matrix's hub in TypeScript, behind a service; everything in this process. */
export async function startServiceHub(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const service = await startService({ host: '127.0.0.1', port: 0 });
  const signalr = withAzureSignalR({
    connectionString: service.connectionString,
    hubs: { MatrixHub },
    maximumReceiveMessageSize: null,
    logger: { debug: silent, info: silent, warn: silent, error: silent },
  });
  await signalr.start();
  const userId = ({ url = '/' }: { url?: string | undefined }) =>
    new URL(url, 'http://app').searchParams.get('user') ?? undefined;
  const server = createServer(signalr.negotiateListener('MatrixHub', { userId }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/matrix`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await signalr.close();
      await service.close();
    },
  };
}
