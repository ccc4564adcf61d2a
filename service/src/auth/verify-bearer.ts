import type { AuthMode } from '../config/auth-mode.ts';
import type { EntraRule } from '../config/entra-options.ts';
import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { ResourceSettings } from '../settings/resource-settings.ts';
import type { RequiredAudience } from './audience.ts';
import { EntraBearers } from './entra-bearers.ts';
import { HandedOutKeys } from './handed-out-keys.ts';
import { TokenVerifier } from './token-verifier.ts';
import type { Verification } from './verification.ts';

/** Who is asked about a token, in this order. */
export interface BearerJudges {
  readonly verifier: TokenVerifier;
  /** Undefined: what no access key signed is refused (rest-api 3.4, `off`). */
  readonly entra: EntraBearers | undefined;
  /** Keys that both honour. */
  readonly handedOutKeys: HandedOutKeys;
}

export interface BearerJudgesOptions {
  readonly auth: AuthMode;
  readonly entra: EntraRule | undefined;
  readonly limits: ServiceLimits;
  readonly timers: ServiceTimers;
  readonly events: ServiceEvents;
  readonly now: () => number;
}

/** The judges of one resource. They share the keys that are handed out. */
export function createBearerJudges(settings: ResourceSettings, options: BearerJudgesOptions): BearerJudges {
  const { auth, entra, limits, timers, events, now } = options;
  const handedOutKeys = new HandedOutKeys({ validMs: timers.accessKeyMs, now });
  const shared = { maxRemembered: limits.verifiedTokens, clockSkewMs: timers.clockSkewMs, handedOutKeys, now };
  return {
    handedOutKeys,
    verifier: new TokenVerifier(settings, { ...shared, mode: auth }),
    entra:
      entra === undefined
        ? undefined
        : new EntraBearers(entra, { ...shared, settings, keysFetchMs: timers.entraKeysMs, events }),
  };
}

/** Checks the token of an app server or of a REST call: an access key's, made for this request, or one of Microsoft Entra ID. */
export async function verifyBearer(
  { verifier, entra }: BearerJudges,
  text: string | undefined,
  required: RequiredAudience,
): Promise<Verification> {
  const verification = await verifier.verify(text, required);
  if (entra === undefined || text === undefined || !isOpen(verification)) return verification;
  const judged = await entra.verify(text);
  return judged === undefined || (verification.ok && !judged.ok) ? verification : judged;
}

/** True when somebody else may know better. */
function isOpen(verification: Verification): boolean {
  return verification.ok ? verification.token.signer === 'nobody' : verification.refusal.isOtherIssuer === true;
}
