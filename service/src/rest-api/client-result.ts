import { ProtocolError } from '@signalite/protocol';
import { hubFrameAt } from '../outbound/hub-frame.ts';
import { jsonOfMessagePack } from './json-of-messagepack.ts';
import { memberTexts, readJsonText } from './json-text.ts';
import { MessagePackCursor } from './messagepack-cursor.ts';

/** What a client answered. `raw`: in a hub protocol that nobody here reads. */
export type ClientResult =
  | { readonly kind: 'void' }
  | { readonly kind: 'value'; readonly json: string }
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'raw'; readonly protocol: string; readonly bytes: Uint8Array };

const ERROR_RESULT = 1n;
const VOID_RESULT = 2n;
const VALUE_RESULT = 3n;

/** Reads a framed Completion. Undefined for what is none. */
export function readClientResult(protocol: string, frame: Uint8Array): ClientResult | undefined {
  const name = protocol.toLowerCase();
  if (name !== 'json' && name !== 'messagepack') return { kind: 'raw', protocol, bytes: frame };
  const all = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const found = hubFrameAt(all, 0, name === 'json');
  if (found === undefined) return undefined;
  const body = all.subarray(found.body, found.bodyEnd);
  return name === 'json' ? readJson(body) : readMessagePack(body);
}

function readJson(body: Buffer): ClientResult | undefined {
  const read = readJsonText(body);
  const { value } = read ?? {};
  if (read === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (!('type' in value) || value.type !== 3) return undefined;
  if ('error' in value && typeof value.error === 'string') return { kind: 'error', error: value.error };
  const json = memberTexts(read.text).get('result');
  return json === undefined ? { kind: 'void' } : { kind: 'value', json };
}

/** `[3, headers, invocation id, kind, error or result]` */
function readMessagePack(body: Buffer): ClientResult | undefined {
  try {
    const cursor = new MessagePackCursor(body);
    const [head, type] = [cursor.next(), cursor.next()];
    if (head.kind !== 'array' || type.kind !== 'integer' || type.value !== 3n) return undefined;
    cursor.slice();
    cursor.slice();
    const kind = cursor.next();
    return kind.kind === 'integer' ? resultOf(kind.value, cursor) : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function resultOf(kind: bigint, cursor: MessagePackCursor): ClientResult | undefined {
  if (kind === VOID_RESULT) return { kind: 'void' };
  if (kind === VALUE_RESULT) return { kind: 'value', json: jsonOfMessagePack(cursor.slice()) };
  const error = kind === ERROR_RESULT ? cursor.next() : undefined;
  return error?.kind === 'text' ? { kind: 'error', error: error.value } : undefined;
}
