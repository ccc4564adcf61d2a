import { jsonOfMessagePack } from './json-of-messagepack.ts';
import { messagePackOfJson } from './messagepack-of-json.ts';

/** A value as it came, which the other encoding is made of when a client needs it. */
export interface CarriedValue {
  readonly json: () => string;
  readonly messagePack: () => Uint8Array;
}

/** `text`: checked JSON. */
export function carryJson(text: string): CarriedValue {
  return { json: () => text, messagePack: () => messagePackOfJson(text) };
}

/** `bytes`: one checked MessagePack value. */
export function carryMessagePack(bytes: Uint8Array): CarriedValue {
  return { json: () => jsonOfMessagePack(bytes), messagePack: () => bytes };
}
