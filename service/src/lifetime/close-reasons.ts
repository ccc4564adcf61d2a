// Every reason for which a client connection ends, as values (client-protocol 5.5, control-plane 9). Nothing closes a
// client with a text of its own. A client reconnects by itself only where `allowReconnect` says so.

/** Metric dimension `ConnectionCloseCategory` (control-plane 9). */
export type CloseCategory =
  | 'Normal'
  | 'Throttled'
  | 'PingTimeout'
  | 'NoAvailableServerConnection'
  | 'InvokeUpstreamFailed'
  | 'SlowClient'
  | 'HandshakeError'
  | 'ServerConnectionNotFound'
  | 'ServerConnectionClosed'
  | 'ServiceTransientError'
  | 'BadRequest'
  | 'ClosedByAppServer'
  | 'ServiceReload'
  | 'ServiceModeSwitched'
  | 'Unauthorized';

/** The hub Close message that a client gets. */
export interface CloseFrame {
  readonly error?: string;
  readonly allowReconnect?: boolean;
}

/** How a client connection ends, and what each side is told. */
export interface CloseReason {
  readonly category: CloseCategory;
  /** Hub Close message, when the hub handshake was done; absent: none is written. */
  readonly frame?: CloseFrame;
  /** Handshake response that ends a connection whose hub handshake was not done; absent: none is written. */
  readonly handshakeError?: string;
  /** WebSocket close code; `drop` ends the socket without a close frame. */
  readonly webSocket: number | 'drop';
  /** Error text of the CloseConnection to the app server; empty means a clean end. */
  readonly serverText: string;
  /** One sentence for logs. */
  readonly log: string;
}

const NORMAL_CLOSURE = 1000;

function reason(category: CloseCategory, log: string, rest: Partial<CloseReason> = {}): CloseReason {
  return { category, log, webSocket: NORMAL_CLOSURE, serverText: '', ...rest };
}

export const CloseReasons = {
  clientLeft: reason('Normal', 'The client went away.'),

  clientMessageTooLarge: reason('BadRequest', 'The client sent a WebSocket message over the limit.', {
    webSocket: 1009,
    serverText: 'Message too large.',
  }),

  clientEnded: reason('Normal', 'The client ended its long polling.', { frame: { allowReconnect: true } }),

  clientSaidClose: reason('Normal', 'The client said goodbye.', {
    frame: {},
    handshakeError: 'Connection closed with an error.',
  }),

  clientTimedOut: reason('PingTimeout', 'The client was silent for too long.', {
    frame: { error: 'Connection closed with an error.', allowReconnect: true },
    handshakeError: 'Connection closed with an error.',
    serverText: 'The client was silent for too long.',
  }),

  hubMessageMalformed: reason('BadRequest', 'A hub message of the client could not be read.', {
    frame: { error: 'Connection closed with an error.', allowReconnect: true },
    handshakeError: 'Connection closed with an error.',
    serverText: 'A hub message could not be read.',
  }),

  // The cloud's text (upstream-and-emulator 6.3).
  nobodyListens: reason('ServerConnectionNotFound', 'The client called, and no app server is there in Classic mode.', {
    frame: { error: 'No app server is currently connected to the Azure service.' },
    handshakeError: 'No app server is currently connected to the Azure service.',
  }),

  clientStoppedPolling: reason('PingTimeout', 'No poll of the client came in time.'),

  clientDidNotReturn: reason('PingTimeout', 'The client lost its socket and did not come back in time.'),

  sequenceUnknown: reason('BadRequest', 'The client resumed behind messages that it never sent.', {
    frame: { error: 'Connection closed with an error.', allowReconnect: true },
    handshakeError: 'Connection closed with an error.',
    serverText: 'Connection closed with an error.',
  }),

  authenticationExpired: reason('Unauthorized', 'The authentication of the client expired.', {
    frame: { allowReconnect: true },
    handshakeError: 'Connection closed with an error.',
  }),

  handshakeTimedOut: reason('HandshakeError', 'The hub handshake was not done in time.', {
    handshakeError: 'Handshake was canceled.',
    serverText: 'Handshake was canceled.',
  }),

  handshakeTooLarge: reason('HandshakeError', 'The hub handshake request is over the limit.', {
    handshakeError: 'Handshake was canceled.',
  }),

  handshakeMalformed: reason('HandshakeError', 'The hub handshake request is not one.', {
    handshakeError: 'An unexpected error occurred during connection handshake.',
  }),

  serverConnectionLost: reason('ServerConnectionClosed', 'The server connection that carried the client ended.', {
    frame: { error: 'Connection closed with an error.', allowReconnect: true },
    handshakeError: 'Connection closed with an error.',
  }),

  serverShutdown: reason('ServerConnectionClosed', 'The app server shuts down.', {
    frame: { allowReconnect: true },
    handshakeError: 'Connection closed with an error.',
  }),

  serviceStopped: reason('ServiceReload', 'The service stops.', {
    frame: { allowReconnect: true },
    handshakeError: 'Connection closed with an error.',
  }),

  serviceModeChanged: reason('ServiceModeSwitched', 'The service mode has changed.', {
    frame: { error: 'Service mode has changed.', allowReconnect: true },
    handshakeError: 'Service mode has changed.',
    serverText: 'Service mode has changed.',
  }),

  // control-plane 8.2
  messageLimit: reason('Throttled', 'Message count reaches limit.', {
    frame: { error: 'Message count reaches limit.' },
    handshakeError: 'Message count reaches limit.',
    serverText: 'Message count reaches limit.',
  }),

  slowClient: reason('SlowClient', 'The client took too long to read what was sent to it.', {
    webSocket: 'drop',
    serverText: 'Client is too slow.',
  }),

  internalError: reason('ServiceTransientError', 'A fault inside the service.', {
    frame: { error: 'Internal server error.', allowReconnect: true },
    handshakeError: 'Internal server error.',
    serverText: 'Internal server error.',
  }),
} as const satisfies Record<string, CloseReason>;

/** A hub protocol of bytes over a transport that carries text only (client-protocol 2.4). */
export function binaryProtocolOnText(hubProtocol: string): CloseReason {
  return reason('HandshakeError', 'The hub protocol needs a transport that carries bytes.', {
    handshakeError: `Cannot use the '${hubProtocol}' protocol on the current transport. The transport does not support 'Binary' transfer format.`,
  });
}

/** No app server can take the client; `text` is the handshake answer. */
export function noServer(
  category: 'NoAvailableServerConnection' | 'ServerConnectionNotFound',
  text: string,
): CloseReason {
  return reason(category, text, { handshakeError: text });
}

/** The bound app server ended the client. `sentClose`: it wrote a hub Close message itself. */
export function closedByAppServer(error: string, sentClose: boolean): CloseReason {
  const log = error === '' ? 'The app server closed the connection.' : `The app server closed the connection: ${error}`;
  if (sentClose) return reason('ClosedByAppServer', log);
  return reason('ClosedByAppServer', log, { frame: error === '' ? {} : { error } });
}

/** Somebody other than the bound app server asked for the end: a weak connection, types 30-33, REST. */
export function closedByRequest(text: string | undefined): CloseReason {
  const hasText = text !== undefined && text !== '';
  return reason('ClosedByAppServer', hasText ? `Closed by request: ${text}` : 'Closed by request.', {
    frame: hasText ? { error: text, allowReconnect: true } : { allowReconnect: true },
    handshakeError: hasText ? text : 'Connection closed with an error.',
    serverText: text ?? '',
  });
}
