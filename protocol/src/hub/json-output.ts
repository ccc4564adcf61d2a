import { encodeBase64 } from './base64.ts';

// Values as .NET clients and hubs expect them in JSON (client-protocol 3.3): bytes as base64, 64-bit integers as raw
// digits. Everything else is left to JSON.stringify, which does not know these two.

/** The same limit as in MessagePack; it ends cycles. */
const DEPTH_MAX = 500;

/**
 * The JSON text of `value`; `null` for what JSON cannot say (undefined, a function, NaN). Throws a `RangeError` for a
 * value that holds itself.
 */
export function toJsonText(value: unknown): string {
  const text = needsOwnWriter(value, 0) ? writeValue(value) : JSON.stringify(value);
  // JSON.stringify is typed as if it always gave text.
  return text ?? 'null';
}

function needsOwnWriter(value: unknown, depth: number): boolean {
  if (typeof value === 'bigint') return true;
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Uint8Array) return true;
  if (depth > DEPTH_MAX) throw new RangeError(`The value holds itself, or is nested deeper than ${DEPTH_MAX} levels.`);
  for (const item of Array.isArray(value) ? value : Object.values(value)) {
    if (needsOwnWriter(item, depth + 1)) return true;
  }
  return false;
}

function writeValue(value: unknown): string | undefined {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `"${encodeBase64(value)}"`;
  if (typeof value !== 'object' || value === null || isBoxed(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => writeValue(item) ?? 'null').join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return writeValue(value.toJSON());
  const members: string[] = [];
  for (const [name, item] of Object.entries(value)) {
    const text = writeValue(item);
    if (text !== undefined) members.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${members.join(',')}}`;
}

function isBoxed(value: object): boolean {
  return value instanceof String || value instanceof Number || value instanceof Boolean;
}
