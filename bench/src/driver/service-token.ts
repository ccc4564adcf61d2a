// Tokens for services that have no app server: the driver signs them itself (service-protocol 2.2).

import { createHmac } from 'node:crypto';

const LIFETIME_S = 24 * 3600;

export interface ServiceAddress {
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly accessKey: string;
}

/** Reads `Endpoint=…;AccessKey=…;Port=…`. */
export function readConnectionString(text: string): ServiceAddress {
  const parts = new Map(
    text
      .split(';')
      .filter((part) => part.includes('='))
      .map((part): [string, string] => {
        const at = part.indexOf('=');
        return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()];
      }),
  );
  const url = new URL(parts.get('endpoint') ?? '');
  const port = parts.get('port');
  if (port !== undefined) url.port = port;
  return { endpoint: url.origin, accessKey: parts.get('accesskey') ?? '' };
}

/** A token for one audience. */
export function signToken(accessKey: string, audience: string, claims: Readonly<Record<string, string>> = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const header = encode({ alg: 'HS256', typ: 'JWT' });
  const body = `${header}.${encode({ aud: audience, nbf: now - 60, exp: now + LIFETIME_S, ...claims })}`;
  return `${body}.${createHmac('sha256', accessKey).update(body).digest('base64url')}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
