import { randomBytes } from 'node:crypto';

const KEY_BYTES = 64;

/** A key that nobody has guessed, as long as those of Azure are. */
export function createAccessKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}
