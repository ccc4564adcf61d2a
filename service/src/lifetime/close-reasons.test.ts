// client-protocol 5.5: what each end says to a client.
import { expect, test } from 'vitest';
import { type CloseReason, CloseReasons, closedByAppServer, closedByRequest, noServer } from './close-reasons.ts';

const LOST = { error: 'Connection closed with an error.', allowReconnect: true };
const COME_BACK = { allowReconnect: true };

test.each<{ reason: CloseReason; frame: CloseReason['frame']; webSocket: CloseReason['webSocket'] }>([
  { reason: CloseReasons.serverConnectionLost, frame: LOST, webSocket: 1000 },
  { reason: CloseReasons.serverShutdown, frame: COME_BACK, webSocket: 1000 },
  { reason: CloseReasons.serviceStopped, frame: COME_BACK, webSocket: 1000 },
  {
    reason: CloseReasons.serviceModeChanged,
    frame: { error: 'Service mode has changed.', allowReconnect: true },
    webSocket: 1000,
  },
  {
    reason: CloseReasons.internalError,
    frame: { error: 'Internal server error.', allowReconnect: true },
    webSocket: 1000,
  },
  { reason: CloseReasons.slowClient, frame: undefined, webSocket: 'drop' },
  { reason: CloseReasons.clientMessageTooLarge, frame: undefined, webSocket: 1009 },
])('$reason.log', ({ reason, frame, webSocket }) => {
  expect(reason.frame).toEqual(frame);
  expect(reason.webSocket).toBe(webSocket);
});

test('a slow client is named to its app server', () => {
  expect(CloseReasons.slowClient).toMatchObject({ category: 'SlowClient', serverText: 'Client is too slow.' });
});

test.each([
  { reason: CloseReasons.handshakeTimedOut, text: 'Handshake was canceled.' },
  { reason: CloseReasons.handshakeTooLarge, text: 'Handshake was canceled.' },
  {
    reason: CloseReasons.handshakeMalformed,
    text: 'An unexpected error occurred during connection handshake.',
  },
])('a failed handshake is answered with $text', ({ reason, text }) => {
  expect(reason.handshakeError).toBe(text);
  expect(reason.frame).toBeUndefined();
  expect(reason.webSocket).toBe(1000);
});

test('every end answers a handshake that is not done, unless the client asked for it', () => {
  expect(CloseReasons.clientEnded).not.toHaveProperty('handshakeError');
  for (const reason of Object.values<CloseReason>(CloseReasons)) {
    if (reason === CloseReasons.clientEnded) continue;
    if (reason.frame !== undefined) expect(reason.handshakeError).toMatch(/./);
  }
});

test('the app server of a client says itself what its client is told', () => {
  expect(closedByAppServer('', false).frame).toEqual({});
  expect(closedByAppServer('boom', false).frame).toEqual({ error: 'boom' });
  expect(closedByAppServer('boom', true).frame).toBeUndefined();
  for (const reason of [closedByAppServer('', false), closedByAppServer('boom', true)]) {
    expect(reason).toMatchObject({ category: 'ClosedByAppServer', webSocket: 1000, serverText: '' });
  }
});

test('a close by anybody else carries the reason as given, and lets the client come back', () => {
  expect(closedByRequest('bye')).toMatchObject({
    frame: { error: 'bye', allowReconnect: true },
    serverText: 'bye',
    webSocket: 1000,
  });
  for (const none of [undefined, '']) {
    expect(closedByRequest(none).frame).toEqual({ allowReconnect: true });
    expect(closedByRequest(none).serverText).toBe('');
  }
});

test('without a server the handshake is answered with the text, and no Close message follows', () => {
  const reason = noServer('NoAvailableServerConnection', 'No app server.');
  expect(reason.handshakeError).toBe('No app server.');
  expect(reason.frame).toBeUndefined();
});

test('every reason has one sentence for the log', () => {
  const all: CloseReason[] = [...Object.values(CloseReasons), closedByRequest('x'), closedByAppServer('x', false)];
  for (const { log } of all) expect(log).toMatch(/^[A-Z].+/);
  expect(new Set(Object.values(CloseReasons).map(({ log }) => log)).size).toBe(Object.keys(CloseReasons).length);
});
