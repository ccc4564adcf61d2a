// The bare socket loop: what Node needs at least to get one message to many. It answers negotiate and upgrade on plain
// TCP sockets; whatever a client sends goes to all of them, as one shared frame and with one `write` each.

import { createServer, type Socket } from 'node:net';
import { listenAndAnnounce } from './announce.ts';
import { acceptUpgrade, FrameType, MessageReader, readyFrame } from './web-socket-frames.ts';

const ANSWER = JSON.stringify({
  negotiateVersion: 1,
  connectionId: 'c',
  connectionToken: 'c',
  availableTransports: [],
});
const HTTP_ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${ANSWER.length}\r\n\r\n${ANSWER}`;
const HANDSHAKE_RESPONSE = readyFrame(FrameType.Text, Buffer.from('{}\x1e'));
const peers = new Set<Socket>();

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('close', () => peers.delete(socket));
  socket.on('data', onRequest);
});

function onRequest(this: Socket, chunk: Buffer): void {
  const text = chunk.toString('latin1');
  const key = /sec-websocket-key: (\S+)/i.exec(text)?.[1];
  if (key === undefined) this.write(HTTP_ANSWER);
  else {
    this.off('data', onRequest);
    acceptUpgrade(key, this);
    open(this);
  }
}

function open(socket: Socket): void {
  const reader = new MessageReader((payload) => {
    if (peers.has(socket)) broadcast(payload);
    else {
      peers.add(socket);
      socket.write(HANDSHAKE_RESPONSE);
    }
  });
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
}

function broadcast(payload: Buffer): void {
  const frame = readyFrame(FrameType.Text, payload);
  for (const peer of peers) peer.write(frame);
}

listenAndAnnounce(server);
