import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { createApp } from './app.ts';
import { AUCTION_RULES, Auction, type AuctionRules } from './auction.ts';
import type { AuctionContract } from './auction-contract.ts';
import { AUCTION_HUB, AuctionHouse } from './auction-house.ts';
import { CATALOGUE } from './catalogue.ts';
import { createHubSender } from './hub-sender.ts';
import { readConnectionString } from './service-address.ts';
import { startTicker } from './ticker.ts';
import { UPSTREAM_TEMPLATE } from './upstream.ts';

export interface SampleOptions {
  readonly connectionString: string;
  /** 0: any free port. */
  readonly port: number;
  /** Default: `AUCTION_RULES`. */
  readonly rules?: AuctionRules;
  /** How often the clock is told. Default: every second. */
  readonly tickMs?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Of the page, unless another one is asked for. `settings.json` names it, too. */
export const DEFAULT_PORT = 5081;

export interface Sample {
  /** Address of the page. */
  readonly url: string;
  readonly port: number;
  /** What the service has to be told: where clients' events go. */
  readonly upstreamTemplate: string;
  close(): Promise<void>;
}

/** Serves the app on loopback and lets its clock run. Nothing of it stays connected to the service. */
export async function startSample(options: SampleOptions): Promise<Sample> {
  const { connectionString, port, rules = AUCTION_RULES, tickMs = 1000, now = Date.now } = options;
  const service = readConnectionString(connectionString);
  const hub = createHubSender<AuctionContract['client']>({ service, hub: AUCTION_HUB });
  const auction = new Auction({ catalogue: CATALOGUE, rules, now });
  const house = new AuctionHouse({ id: randomUUID(), auction, catalogue: CATALOGUE, rules, hub });
  const { server, bound } = await listen(createApp({ service, house }).fetch, port);
  const ticker = startTicker({
    everyMs: tickMs,
    tick: () => house.tick(),
    onFailure: (error) => console.error(`The clock cannot be told to anybody, trying on: ${String(error)}`),
  });
  return {
    url: `http://localhost:${bound}/`,
    port: bound,
    upstreamTemplate: `http://127.0.0.1:${bound}/${UPSTREAM_TEMPLATE}`,
    async close() {
      await ticker.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

type Fetch = Parameters<typeof serve>[0]['fetch'];

function listen(fetch: Fetch, port: number): Promise<{ server: ReturnType<typeof serve>; bound: number }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: '127.0.0.1', port }, (info: AddressInfo) =>
      resolve({ server, bound: info.port }),
    );
    server.once('error', reject);
  });
}
