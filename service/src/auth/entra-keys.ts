import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, type JSONWebKeySet } from 'jose';
import type { ServiceEvents } from '../log/events.ts';

// Once fetched, keys are good for an hour; a token with an unknown key has them fetched anew, but not all the time.
const KEYS_MAX_AGE_MS = 3_600_000;
const REFETCH_PAUSE_MS = 30_000;
const PAUSE_AFTER_FAILURE_MS = 5_000;

export interface EntraKeysOptions {
  /** Where the issuer publishes them. */
  readonly url: URL;
  /** How long fetching them may take. Milliseconds. */
  readonly fetchMs: number;
  readonly events: ServiceEvents;
  readonly now: () => number;
}

/** The public keys of an issuer could not be had. */
export class EntraKeysUnavailable extends Error {
  override readonly name = 'EntraKeysUnavailable';
}

/** Finds the key of a token's header. Throws `EntraKeysUnavailable`, or jose's error for a key that is not there. */
export type EntraKeys = ReturnType<typeof createRemoteJWKSet>;

/** The public keys of an issuer, fetched when they are needed and kept. After a failure it rests for a while. */
export function createEntraKeys({ url, fetchMs, events, now }: EntraKeysOptions): EntraKeys {
  let failure: { readonly error: EntraKeysUnavailable; readonly until: number } | undefined;
  return createRemoteJWKSet(url, {
    timeoutDuration: fetchMs,
    cooldownDuration: REFETCH_PAUSE_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    async [customFetch](address, options) {
      if (failure !== undefined && now() < failure.until) throw failure.error;
      try {
        return Response.json(await fetchKeySet(address, options));
      } catch (cause) {
        const reason = reasonOf(cause, fetchMs);
        const error = new EntraKeysUnavailable(reason, { cause });
        failure = { error, until: now() + PAUSE_AFTER_FAILURE_MS };
        events.emit({ name: 'entraKeysUnavailable', url: `${url.origin}${url.pathname}`, reason });
        throw error;
      }
    },
  });
}

async function fetchKeySet(address: string, options: RequestInit): Promise<JSONWebKeySet> {
  const response = await fetch(address, options);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new EntraKeysUnavailable(`The answer has status ${response.status}, not 200.`);
  }
  const keySet: unknown = await response.json();
  if (!isKeySet(keySet)) throw new errors.JWKSInvalid();
  // Looks at each of the keys.
  createLocalJWKSet(keySet);
  return keySet;
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return typeof value === 'object' && value !== null && 'keys' in value && Array.isArray(value.keys);
}

/** For the log: what an operator can look into. */
function reasonOf(error: unknown, fetchMs: number): string {
  if (error instanceof EntraKeysUnavailable) return error.message;
  if (error instanceof SyntaxError || error instanceof errors.JWKSInvalid) return 'The answer is no JSON Web Key Set.';
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `No answer within ${fetchMs} ms.`;
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
