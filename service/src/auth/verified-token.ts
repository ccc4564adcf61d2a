import type { Claim } from '@signalite/protocol/service';
import type { Audience } from './audience.ts';

/**
 * What vouches for a token: a key of the connection string, one that was handed out, Microsoft Entra ID, or nobody where
 * nothing is checked.
 */
export type TokenSigner = 'access-key' | 'handed-out-key' | 'entra' | 'nobody';

/** What a token with a good signature says. Remembered, so it is kept small. */
export interface VerifiedToken {
  readonly signer: TokenSigner;
  /** All claims in token order, names mapped (service-protocol 2.5). None of an Entra token's: it names nobody here. */
  readonly claims: readonly Claim[];
  readonly audiences: readonly Audience[];
  /** Milliseconds since 1970, clock skew included. */
  readonly validFrom: number;
  readonly validUntil: number;
}
