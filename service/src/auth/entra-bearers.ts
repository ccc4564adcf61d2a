import type { Verification } from './token-verifier.ts';

/** A signing key that the service hands out for a while (service-protocol 11). */
export interface HandedOutKey {
  /** `kid` of the tokens that are signed with it. */
  readonly keyId: string;
  readonly accessKey: string;
}

/**
 * Tokens of Microsoft Entra ID (rest-api 3.4). Whoever has none of these refuses what no access key signed, which is
 * what `off` means.
 */
export interface EntraBearers {
  /** Judges a bearer that no access key signed. */
  verify(text: string): Promise<Verification>;
  /** For a bearer that was accepted; whoever verifies tokens honours the key from then on. */
  handOutKey(): Promise<HandedOutKey>;
}
