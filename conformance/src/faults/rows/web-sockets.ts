import type { SocketMessage } from '../../peers/web-socket.ts';
import type { Fault } from '../fault.ts';

/** Frames of clients that hold this text are lost. */
const without = (text: string) => (message: SocketMessage) => (message.data.toString().includes(text) ? [] : [message]);
const isUpgrade = (headers: Readonly<Record<string, unknown>>) => headers['upgrade'] === 'websocket';

export const WEB_SOCKET_FAULTS: readonly Fault[] = [
  {
    name: 'all frames to clients are binary',
    turnsRed: ['web-sockets.frames.json-to-client'],
    toClient: ({ data }) => [{ data, isBinary: true }],
  },
  {
    name: 'a handshake response is always text',
    turnsRed: ['web-sockets.frames.messagepack-to-client'],
    toClient: ({ data, isBinary }) => [{ data, isBinary: isBinary && !data.toString().startsWith('{}') }],
  },
  {
    name: 'what stands behind a handshake request is lost',
    turnsRed: ['web-sockets.frames.handshake-with-more', 'web-sockets.frames.several-messages'],
    fromClient: ({ data, isBinary }) => {
      const end = data.indexOf(0x1e);
      return [{ data: data.includes('"protocol"') ? data.subarray(0, end + 1) : data, isBinary }];
    },
  },
  {
    name: 'messages in several frames are lost',
    turnsRed: ['web-sockets.frames.fragments'],
    fromClient: without('"Parts"'),
  },
  {
    name: 'WebSockets end with a reason',
    turnsRed: ['web-sockets.close.code-and-reason'],
    close: ({ code }) => ({ code, reason: 'bye' }),
  },
  {
    name: 'binary frames and parts are lost',
    turnsRed: ['web-sockets.frames.binary-opcode', 'web-sockets.frames.split-handshake'],
    fromClient: (message) => (message.isBinary || message.data.length === 1 ? [] : [message]),
  },
  {
    name: 'every upgrade of a client is refused',
    turnsRed: [
      'web-sockets.extensions.none',
      'web-sockets.skip-negotiation.opens',
      'web-sockets.token.in-query',
      'web-sockets.token.missing',
      'web-sockets.hub.missing',
      'web-sockets.path.other',
    ],
    request: (request) => (isUpgrade(request.headers) ? { ...request, url: '/client/?hub=a&hub=b' } : request),
    answer: (answer, { headers }) => (isUpgrade(headers) ? { ...answer, status: 418 } : answer),
  },
  {
    name: 'pings are answered with other data',
    turnsRed: ['web-sockets.ping.answered'],
    pong: () => 'somebody else',
  },
];
