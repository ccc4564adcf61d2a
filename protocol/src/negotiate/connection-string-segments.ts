import { ProtocolError } from '../protocol-error.ts';

/**
 * Splits `key=value;…` at the first `=` of each segment (service-protocol 1.1). Keys come in lower case, both sides
 * trimmed; empty segments and those without `=` are dropped.
 */
export function readSegments(text: string): ReadonlyMap<string, string> {
  const segments = new Map<string, string>();
  for (const segment of text.split(';')) {
    const at = segment.indexOf('=');
    if (at < 0) continue;
    const key = segment.slice(0, at).trim().toLowerCase();
    if (segments.has(key)) throw repeated(segment.slice(0, at).trim());
    segments.set(key, segment.slice(at + 1).trim());
  }
  return segments;
}

function repeated(key: string): ProtocolError {
  // A secret pasted without its name could stand where the key should be.
  const shown = /^[A-Za-z]{1,20}$/.test(key) ? key : 'A key';
  return new ProtocolError(
    'invalid-connection-string',
    `Invalid connection string. ${shown} is given more than once. Keep one of them.`,
  );
}
