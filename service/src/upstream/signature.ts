import { createHmac } from 'node:crypto';

/**
 * The signature of a connection id, with each key (upstream-and-emulator 2.3). No space after the comma: Azure Functions
 * splits there and does not trim.
 */
export function signatureOf(connectionId: string, keys: readonly string[]): string {
  return keys
    .map((key) => `sha256=${createHmac('sha256', key).update(connectionId).digest('hex').toUpperCase()}`)
    .join(',');
}
