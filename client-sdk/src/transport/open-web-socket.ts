/** How a WebSocket ended. */
export interface WebSocketEnd {
  readonly code: number;
  readonly reason: string;
  readonly cause?: unknown;
}

export interface WebSocketListener {
  opened(): void;
  received(bytes: Uint8Array): void;
  /** Comes at least once, also when the WebSocket never opened. */
  closed(end: WebSocketEnd): void;
}

/** An opened WebSocket, as far as the two platforms have it in common. */
export interface OpenWebSocket {
  /** Resolves when so little waits for the network that more may follow. */
  send(bytes: Uint8Array): Promise<void>;
  /** `closed` follows within `CLOSE_TIMEOUT_MS`. */
  close(): void;
}
