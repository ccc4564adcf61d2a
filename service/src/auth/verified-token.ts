import type { Claim } from '@signalite/protocol/service';
import type { Audience } from './audience.ts';

/** What a token with a good signature says. Remembered, so it is kept small. */
export interface VerifiedToken {
  /** All claims in token order, names mapped (service-protocol 2.5). */
  readonly claims: readonly Claim[];
  readonly audiences: readonly Audience[];
  /** Milliseconds since 1970, clock skew included. */
  readonly validFrom: number;
  readonly validUntil: number;
}
