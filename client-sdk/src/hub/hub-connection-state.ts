import type { HubLink } from './hub-link.ts';

/** Where a hub connection stands. */
export const HubConnectionState = {
  Disconnected: 'Disconnected',
  Connecting: 'Connecting',
  Connected: 'Connected',
  Disconnecting: 'Disconnecting',
  Reconnecting: 'Reconnecting',
} as const;
export type HubConnectionState = (typeof HubConnectionState)[keyof typeof HubConnectionState];

/*
 *                 start()                handshake done            stop(), Close
 *  Disconnected ──────────► Connecting ──────────────────► Connected ──────────► Disconnecting
 *       ▲  ▲                  │  stop(): Disconnecting       │    ▲                    │
 *       │  └──── failed ──────┘                         lost │    │ attempt worked     │
 *       │                                                    ▼    │                    │
 *       ├────────────── given up ──────────────────────── Reconnecting ── stop() ──────┤
 *       └──────────────────────────────────────────────────────────────────────────────┘
 */

/** What a hub connection owns in each state. `ended` resolves when the state was left for good. */
export type ConnectionPhase =
  | { readonly name: 'Disconnected' }
  | { readonly name: 'Connecting'; readonly abort: AbortController; readonly ended: Promise<unknown> }
  | { readonly name: 'Connected'; readonly link: HubLink }
  | { readonly name: 'Reconnecting'; readonly abort: AbortController; readonly ended: Promise<unknown> }
  | { readonly name: 'Disconnecting'; readonly ended: Promise<unknown> };
