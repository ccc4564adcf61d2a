import { SERVICE_CLAIM_PREFIX, USER_CLAIM_PREFIX } from '@signalite/protocol';
import type { Claim } from '@signalite/protocol/service';
import { signatureOf } from './signature.ts';
import type { UpstreamClient } from './upstream.ts';

/** Headers of a request to an upstream (upstream-and-emulator 2.1). */
export const UpstreamHeader = {
  ConnectionId: 'X-ASRS-Connection-Id',
  Hub: 'X-ASRS-Hub',
  Category: 'X-ASRS-Category',
  Event: 'X-ASRS-Event',
  Signature: 'X-ASRS-Signature',
  UserId: 'X-ASRS-User-Id',
  UserClaims: 'X-ASRS-User-Claims',
  ClientQuery: 'X-ASRS-Client-Query',
  ContentType: 'Content-Type',
  Authorization: 'Authorization',
} as const;

export const UpstreamContentType = { Json: 'application/json', MessagePack: 'application/x-msgpack' } as const;
export type UpstreamContentType = (typeof UpstreamContentType)[keyof typeof UpstreamContentType];

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no header may hold.
const CONTROL_CHARACTERS = /[\x00-\x08\x0a-\x1f\x7f]/g;

export interface UpstreamHeaderOptions {
  readonly client: UpstreamClient;
  readonly category: string;
  readonly event: string;
  readonly contentType: UpstreamContentType;
  /** Access keys to sign with, primary first. */
  readonly keys: readonly string[];
}

/** All headers but Authorization. Values hold the bytes of their UTF-8 as one character each. */
export function requestHeaders(options: UpstreamHeaderOptions): Record<string, string> {
  const { client, category, event, contentType, keys } = options;
  const claims = claimsText(client.claims);
  return {
    [UpstreamHeader.ConnectionId]: client.connectionId,
    [UpstreamHeader.Hub]: headerValue(client.hub),
    [UpstreamHeader.Category]: category,
    [UpstreamHeader.Event]: headerValue(event),
    [UpstreamHeader.Signature]: signatureOf(client.connectionId, keys),
    ...(client.userId === undefined ? {} : { [UpstreamHeader.UserId]: headerValue(client.userId) }),
    ...(claims === '' ? {} : { [UpstreamHeader.UserClaims]: headerValue(claims) }),
    // Node reads request targets as bytes already.
    ...(client.queryString === '' ? {} : { [UpstreamHeader.ClientQuery]: printable(client.queryString) }),
    [UpstreamHeader.ContentType]: contentType,
  };
}

/** The service's own claims stay here; users' get their own names back. */
function claimsText(claims: readonly Claim[]): string {
  return claims
    .filter(({ type }) => !type.startsWith(SERVICE_CLAIM_PREFIX))
    .map(({ type, value }) => {
      const name = type.startsWith(USER_CLAIM_PREFIX) ? type.slice(USER_CLAIM_PREFIX.length) : type;
      return `${name}: ${value}`;
    })
    .join(', ');
}

function headerValue(text: string): string {
  return Buffer.from(printable(text)).toString('latin1');
}

function printable(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '');
}
