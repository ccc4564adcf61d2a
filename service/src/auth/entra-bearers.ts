import { LRUCache } from 'lru-cache';
import type { EntraRule } from '../config/entra-options.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { ResourceSettings } from '../settings/resource-settings.ts';
import { createEntraKeys } from './entra-keys.ts';
import { type EntraPayload, signedPayload, statedPayload } from './entra-payload.ts';
import type { HandedOutKey, HandedOutKeys } from './handed-out-keys.ts';
import { lifetimeOf, lifetimeRefusal, type TokenPayload } from './token-payload.ts';
import { TokenRefusals } from './token-refusal.ts';
import { accepted, refused, type Verification } from './verification.ts';
import type { VerifiedToken } from './verified-token.ts';

export interface EntraBearersOptions {
  readonly settings: ResourceSettings;
  /** Tokens remembered as verified. */
  readonly maxRemembered: number;
  /** Tolerated difference of clocks. Milliseconds. */
  readonly clockSkewMs: number;
  /** How long fetching the issuer's keys may take. Milliseconds. */
  readonly keysFetchMs: number;
  readonly handedOutKeys: HandedOutKeys;
  readonly events: ServiceEvents;
  readonly now: () => number;
}

/**
 * Tokens of Microsoft Entra ID (rest-api 3.4). Whoever has none of these refuses what no access key signed, which is
 * what `off` means.
 */
export class EntraBearers {
  readonly #rule: EntraRule;
  readonly #options: EntraBearersOptions;
  readonly #remembered: LRUCache<string, VerifiedToken>;
  readonly #read: (text: string) => Promise<EntraPayload>;

  constructor(rule: EntraRule, options: EntraBearersOptions) {
    this.#rule = rule;
    this.#options = options;
    this.#remembered = new LRUCache({ max: options.maxRemembered });
    this.#read = readerOf(rule, options);
  }

  /** Judges a bearer that no access key signed. Undefined: it is no token of Microsoft Entra ID at all. */
  async verify(text: string): Promise<Verification | undefined> {
    const remembered = this.#remembered.get(text);
    const verification = remembered === undefined ? await this.#verifyNew(text) : accepted(remembered);
    if (verification?.ok !== true) return verification;
    const refusal = lifetimeRefusal(verification.token, this.#options.now());
    if (refusal !== undefined) return refused(refusal);
    return this.#options.settings.current.entraAuth ? verification : refused(TokenRefusals.entraAuthOff);
  }

  /** For a bearer that was accepted; whoever verifies tokens honours the key from then on. */
  handOutKey(): HandedOutKey {
    return this.#options.handedOutKeys.handOut();
  }

  async #verifyNew(text: string): Promise<Verification | undefined> {
    const read = await this.#read(text);
    if (read === undefined) return undefined;
    if ('refusal' in read) return refused(read.refusal);
    const { payload } = read;
    if (this.#rule.mode === 'verify' && payload.iss !== this.#rule.issuer) return refused(TokenRefusals.entraIssuer);
    if (!isMeantFor(this.#rule.audience, payload)) return refused(TokenRefusals.entraAudience);
    const { validFrom, validUntil } = lifetimeOf(payload, this.#options.clockSkewMs);
    if (validUntil === undefined) return refused(TokenRefusals.withoutExpiry);
    const token: VerifiedToken = { signer: 'entra', claims: [], audiences: [], validFrom, validUntil };
    this.#remembered.set(text, token);
    return accepted(token);
  }
}

function readerOf(rule: EntraRule, options: EntraBearersOptions): (text: string) => Promise<EntraPayload> {
  if (rule.mode === 'trust') {
    return (text) => Promise.resolve(statedPayload(text, (payload) => isMeantFor(rule.audience, payload)));
  }
  const { keysFetchMs: fetchMs, events, now } = options;
  const keys = createEntraKeys({ url: rule.jwks, fetchMs, events, now });
  return (text) => signedPayload(text, keys);
}

function isMeantFor(audience: string, { aud }: TokenPayload): boolean {
  const wanted = withoutSlash(audience);
  return (Array.isArray(aud) ? aud : [aud]).some((one) => typeof one === 'string' && withoutSlash(one) === wanted);
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}
