import { Hono } from 'hono';
import { AUCTION_HUB, type AuctionHouse } from './auction-house.ts';
import { negotiateRoute } from './negotiate.ts';
import { pageRoutes } from './page-files.ts';
import type { ServiceAddress } from './service-address.ts';
import { upstreamRoute } from './upstream.ts';

export interface AppOptions {
  readonly service: ServiceAddress;
  readonly house: AuctionHouse;
}

/** The whole app, as seen from outside: its page, its negotiate endpoint, and its upstream. */
export function createApp({ service, house }: AppOptions): Hono {
  return new Hono()
    .route('/', pageRoutes())
    .route('/', negotiateRoute({ service, hub: AUCTION_HUB }))
    .route(
      '/',
      upstreamRoute({
        hub: AUCTION_HUB,
        accessKeys: [service.accessKey],
        connected: (guest) => house.connected(guest),
        disconnected: (guest) => house.disconnected(guest),
        methods: house.methods,
      }),
    );
}
