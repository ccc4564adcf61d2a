import type { SocketMessage } from '../../peers/web-socket.ts';
import type { Fault } from '../fault.ts';

/** Close messages to clients, changed; nothing else is. */
const closes = (change: (text: string) => string) => (message: SocketMessage) => {
  const text = message.data.toString('latin1');
  return [{ ...message, data: Buffer.from(change(text), 'latin1') }];
};
const MALFORMED = [
  ...['garbage', 'array', 'empty-object', 'empty', 'null', 'type-is-text', 'without-target', 'without-arguments'],
  ...['id-is-a-number', 'id-is-null', 'arguments-are-null', 'stream-without-id', 'result-and-error'],
  'completion-without-id',
].map((id) => `hub-protocol.json.malformed.${id}`);
const TOLERATED = [
  ...['ping', 'unknown-type', 'ack', 'sequence', 'completion', 'stream-item', 'cancel', 'white-space'],
  'further-members',
].map((id) => `hub-protocol.json.tolerated.${id}`);
const PACK_MALFORMED = ['no-array', 'endless-length', 'headers-are-nil', 'id-is-a-number'].map(
  (id) => `hub-protocol.messagepack.malformed.${id}`,
);
const PACK_TOLERATED = ['ping', 'long-ping', 'nothing', 'unknown-type'].map(
  (id) => `hub-protocol.messagepack.tolerated.${id}`,
);

export const HUB_PROTOCOL_FAULTS: readonly Fault[] = [
  {
    name: 'clients that break the protocol may not come back',
    turnsRed: [...MALFORMED, 'hub-protocol.silence.after-a-ping'],
    toClient: closes((text) => text.replace(',"allowReconnect":true', '')),
  },
  {
    name: 'MessagePack clients that break the protocol may not come back',
    turnsRed: PACK_MALFORMED,
    // The last element of [7, text, true].
    toClient: closes((text) => text.replace(/error\.\xc3$/, 'error.\xc2')),
  },
  {
    name: 'goodbyes are answered with an error',
    turnsRed: ['hub-protocol.json.goodbye', 'hub-protocol.json.several-in-a-frame'],
    toClient: closes((text) => text.replace('{"type":7', '{"type":7,"error":"no"')),
  },
  {
    name: 'clients that write something odd are closed',
    turnsRed: [...TOLERATED, 'hub-protocol.json.parts-of-characters'],
    toClient: closes((text) => (text.includes('still-here') ? '{"type":7}\u001e' : text)),
  },
  {
    name: 'MessagePack clients that write something odd get something else',
    turnsRed: PACK_TOLERATED,
    toClient: closes((text) => text.replace('still-here', 'still-gone')),
  },
  {
    name: 'MessagePack goodbyes are answered with an error',
    turnsRed: ['hub-protocol.messagepack.goodbye.js', 'hub-protocol.messagepack.goodbye.dotnet'],
    // [7, nil, …] becomes [7, "x", …], one byte longer.
    toClient: closes((text) => text.replace('\x04\x93\x07\xc0', '\x05\x93\x07\xa1x')),
  },
];
