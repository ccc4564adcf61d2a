// The life of a server connection:
//
//   handshaking ──► open ──► stopped ──► closed
//        └────────────┴───────────────────►┘

export type ServerConnectionState =
  /** The service's answer is awaited. */
  | { readonly name: 'handshaking'; readonly opened: () => void; readonly refused: (error: Error) => void }
  | { readonly name: 'open' }
  /** Nothing is sent any more; what the service still says is heard. */
  | { readonly name: 'stopped' }
  | { readonly name: 'closed' };
