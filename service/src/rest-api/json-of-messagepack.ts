import { MessagePackCursor, type MessagePackHead } from './messagepack-cursor.ts';

// The extension type of timestamps, and its layouts.
const TIMESTAMP = -1;
const NANOSECOND_BITS = 34n;
const MAX_DATE_MS = 8.64e15;

/**
 * The JSON text of one MessagePack value, as SignalR writes such values in JSON: integers digit for digit, bytes as
 * base64, timestamps as ISO texts, other extensions as type and base64; null for numbers that JSON has not. `value` is
 * known to be whole.
 */
export function jsonOfMessagePack(value: Uint8Array): string {
  return valueText(new MessagePackCursor(value));
}

function valueText(cursor: MessagePackCursor): string {
  const head = cursor.next();
  switch (head.kind) {
    case 'array':
      return `[${textsOf(head.length, () => valueText(cursor))}]`;
    case 'map':
      return `{${textsOf(head.length, () => `${nameText(cursor)}:${valueText(cursor)}`)}}`;
    default:
      return scalarText(head);
  }
}

type Scalar = Exclude<MessagePackHead, { kind: 'array' | 'map' }>;

function scalarText(head: Scalar): string {
  switch (head.kind) {
    case 'nil':
      return 'null';
    case 'boolean':
    case 'integer':
      return `${head.value}`;
    case 'float':
      return Number.isFinite(head.value) ? JSON.stringify(head.value) : 'null';
    case 'text':
      return JSON.stringify(head.value);
    case 'bytes':
      return base64(head.value);
    case 'extension':
      return (head.type === TIMESTAMP ? timestamp(head.value) : undefined) ?? `[${head.type},${base64(head.value)}]`;
  }
}

/** Names in JSON are texts; in MessagePack they may be anything. */
function nameText(cursor: MessagePackCursor): string {
  const text = valueText(cursor);
  return text.startsWith('"') ? text : JSON.stringify(text);
}

function textsOf(count: number, text: () => string): string {
  return Array.from({ length: count }, text).join(',');
}

function base64(bytes: Uint8Array): string {
  return `"${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}"`;
}

function timestamp(data: Uint8Array): string | undefined {
  const milliseconds = millisecondsOf(new DataView(data.buffer, data.byteOffset, data.byteLength));
  if (milliseconds === undefined || Math.abs(milliseconds) > MAX_DATE_MS) return undefined;
  return JSON.stringify(new Date(milliseconds));
}

function millisecondsOf(view: DataView): number | undefined {
  switch (view.byteLength) {
    case 4:
      return view.getUint32(0) * 1000;
    case 8: {
      const both = view.getBigUint64(0);
      const seconds = BigInt.asUintN(Number(NANOSECOND_BITS), both);
      return Number(seconds) * 1000 + Math.floor(Number(both >> NANOSECOND_BITS) / 1e6);
    }
    case 12:
      return Number(view.getBigInt64(4)) * 1000 + Math.floor(view.getUint32(0) / 1e6);
    default:
      return undefined;
  }
}
