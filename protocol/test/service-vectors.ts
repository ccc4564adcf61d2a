import { readFileSync } from 'node:fs';
import type { ServiceMessage } from '../src/service/messages.ts';

/** A message and its bytes without length prefix, as real SDKs write or once wrote them (service-protocol 13). */
export interface ServiceVector {
  readonly id: string;
  readonly name: string;
  /** `W`: what we write, too. `R`: a form that is only read. */
  readonly form: 'R' | 'W';
  readonly hex: string;
  readonly message: ServiceMessage;
}

/** A message with its length prefix, seen on the wire. */
export interface ServiceFrame {
  readonly name: string;
  readonly hex: string;
  readonly message: ServiceMessage;
}

export const serviceVectors: readonly ServiceVector[] = load('service-messages.json');
export const serviceFrames: readonly ServiceFrame[] = load('service-frames.json');

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function load<T>(fileName: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`vectors/${fileName}`, import.meta.url), 'utf8'), revive);
}

/** `{"$bytes": hex}` stands for a Uint8Array, `{"$bigint": digits}` for a bigint. */
function revive(_key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    if ('$bytes' in value && typeof value.$bytes === 'string') {
      return fromHex(value.$bytes);
    }
    if ('$bigint' in value && typeof value.$bigint === 'string') {
      return BigInt(value.$bigint);
    }
  }
  return value;
}
