// The app's Microsoft Entra token, asked for anew shortly before it ends (service-protocol 11).
import { decodeJwt } from 'jose';
import { SignalRServerError } from '../errors.ts';
import { type EndpointCredential, type EntraAccessToken, SIGNALR_SCOPE } from './credential.ts';
import { withDeadline } from './deadline.ts';

const CREDENTIAL_TIMEOUT_MS = 30_000;
/** A token that ends within this time is not used any more. */
const MARGIN_MS = 120_000;

/** The token of one credential. */
export class EntraBearer {
  readonly #credential: EndpointCredential;
  readonly #now: () => number;
  #last: EntraAccessToken | undefined;
  #asking: Promise<EntraAccessToken> | undefined;

  constructor(credential: EndpointCredential, now: () => number) {
    this.#credential = credential;
    this.#now = now;
  }

  /** Rejects with a `SignalRServerError` (`sign-in-failed`). */
  async get(): Promise<string> {
    if (this.#last !== undefined && this.#now() < this.#last.expiresOnTimestamp - MARGIN_MS) return this.#last.token;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    this.#last = await this.#asking;
    return this.#last.token;
  }

  async #ask(): Promise<EntraAccessToken> {
    try {
      return await withDeadline(askCredential(this.#credential), {
        milliseconds: CREDENTIAL_TIMEOUT_MS,
        message: `It did not answer within ${CREDENTIAL_TIMEOUT_MS / 1000} s.`,
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const text = `The credential gave no Microsoft Entra token for ${SIGNALR_SCOPE}. ${reason}`;
      throw new SignalRServerError('sign-in-failed', text, { cause: error });
    }
  }
}

async function askCredential(credential: EndpointCredential): Promise<EntraAccessToken> {
  if (typeof credential === 'function') {
    const token = await credential();
    if (typeof token !== 'string' || token === '') throw new Error('It gave no text.');
    return { token, expiresOnTimestamp: expiryOf(token) };
  }
  const given = await credential.getToken(SIGNALR_SCOPE);
  if (given === null || given.token === '') throw new Error('It gave null: see how the identity is configured.');
  return given;
}

/** A token that does not say when it ends is used once. */
function expiryOf(token: string): number {
  try {
    return (decodeJwt(token).exp ?? 0) * 1000;
  } catch {
    return 0;
  }
}
