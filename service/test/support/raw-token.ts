import { createHmac } from 'node:crypto';

const HASHES: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/** A token with any header and payload: what no library would write. Without a hash for `alg` it is signed as HS256. */
export function rawToken(header: Readonly<Record<string, unknown>>, payload: unknown, key: string): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  const hash = HASHES[String(header['alg'])] ?? 'sha256';
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}
