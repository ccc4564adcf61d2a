import { ProtocolError, type ProtocolErrorCode } from '../protocol-error.ts';

// Reading JSON objects of a peer, with the texts of client-protocol 3.4 as messages.

/** A JSON object whose members are not looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON name of what `value` is: `Object`, `Array`, `String`, `Number`, `True`, `False`, `Null`. */
function tokenType(value: unknown): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'Array';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const name = typeof value;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** True for a JSON object; false for null, arrays and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses text that must be one JSON object; anything else throws a `ProtocolError` with `code`. */
export function parseJsonObject(text: string, code: ProtocolErrorCode): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own text quotes the input, and payloads stay out of error texts.
    throw new ProtocolError(code, 'Error reading JSON.');
  }
  if (isJsonObject(value)) return value;
  throw new ProtocolError(code, `Unexpected JSON Token Type '${tokenType(value)}'. Expected a JSON Object.`);
}

/** The refusal of an absent member. */
export function missingProperty(name: string, code: ProtocolErrorCode): ProtocolError {
  return new ProtocolError(code, `Missing required property '${name}'.`);
}

/** The refusal of a member of the wrong type. */
export function wrongType(name: string, type: string, code: ProtocolErrorCode): ProtocolError {
  return new ProtocolError(code, `Expected '${name}' to be of type ${type}.`);
}
