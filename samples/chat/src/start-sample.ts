import { serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { createSignalR } from './chat-signalr.ts';

export interface SampleOptions {
  readonly connectionString: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface Sample {
  /** Address of the page. */
  readonly url: string;
  close(): Promise<void>;
}

/** Connects the hubs to the service and serves the app on loopback. */
export async function startSample({ connectionString, port }: SampleOptions): Promise<Sample> {
  const signalr = createSignalR(connectionString);
  await signalr.start();
  const address: { origin: string } = { origin: '' };
  const app = createApp({ signalr, allowedOrigin: () => address.origin });
  const { server, boundPort } = await new Promise<{ server: ReturnType<typeof serve>; boundPort: number }>(
    (resolve, reject) => {
      const starting = serve({ fetch: app.fetch, hostname: '127.0.0.1', port }, (info) =>
        resolve({ server: starting, boundPort: info.port }),
      );
      starting.once('error', reject);
    },
  );
  address.origin = `http://localhost:${boundPort}`;
  return {
    url: `${address.origin}/`,
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await signalr.close();
    },
  };
}
