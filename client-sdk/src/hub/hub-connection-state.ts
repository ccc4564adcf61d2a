/*
 *                 start()                handshake done            stop()
 *  Disconnected ──────────► Connecting ──────────────────► Connected ────► Disconnecting
 *       ▲  ▲                  │  stop(): Disconnecting       │    ▲              │
 *       │  └──── failed ──────┘                         lost │    │ reconnected  │
 *       │                                                    ▼    │              │
 *       ├────────────── given up ──────────────────────── Reconnecting ─ stop() ─┤
 *       └────────────────────────────────────────────────────────────────────────┘
 */

/** Where a hub connection stands. */
export const HubConnectionState = {
  Disconnected: 'Disconnected',
  Connecting: 'Connecting',
  Connected: 'Connected',
  Disconnecting: 'Disconnecting',
  Reconnecting: 'Reconnecting',
} as const;
export type HubConnectionState = (typeof HubConnectionState)[keyof typeof HubConnectionState];
