/** A WebSocket to open. How token and headers travel depends on the platform. */
export interface WebSocketRequest {
  /** With `ws:` or `wss:`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string | undefined;
  /** Sends binary messages instead of text messages. */
  readonly isBinary: boolean;
}

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

/** What the two platforms have in common. */
export interface OpenWebSocket {
  /** Resolves when so little waits for the network that more may follow. */
  send(bytes: Uint8Array): Promise<void>;
  /** `closed` follows within `CLOSE_TIMEOUT_MS`. */
  close(): void;
}
