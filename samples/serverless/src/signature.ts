import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Checks the header `X-ASRS-Signature` (upstream-and-emulator 2.3, 3.1). The service signs the connection id with each
 * of its keys, the app may know one of them; one match is enough.
 */
export function isSignedBy(accessKeys: readonly string[], connectionId: string, header: string): boolean {
  const expected = accessKeys.map((key) => createHmac('sha256', key).update(connectionId).digest());
  return header.split(',').some((one) => {
    const [, hex = ''] = /^sha256=([0-9a-f]{64})$/i.exec(one) ?? [];
    const given = Buffer.from(hex, 'hex');
    return expected.some((digest) => digest.length === given.length && timingSafeEqual(digest, given));
  });
}
