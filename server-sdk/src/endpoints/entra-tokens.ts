// The tokens of an endpoint that the app signs in to with Microsoft Entra (service-protocol 11).
import { SignalRServerError } from '../errors.ts';
import { moment } from '../server-connection/moment.ts';
import type { EndpointCredential } from './credential.ts';
import { untilAborted } from './deadline.ts';
import type { EndpointTokens, IssuedKey, IssuedKeys, TokenContent } from './endpoint-tokens.ts';
import { EntraBearer } from './entra-bearer.ts';
import { KeyRefusedError } from './fetch-access-key.ts';
import { SigningKey, type SigningOptions } from './signing-key.ts';

const MINUTE_MS = 60_000;
/** A new key is asked for once the last one is so old. */
const RENEW_AFTER_MS = 55 * MINUTE_MS;
/** While an older key can still be used, it is not asked for more often than this. */
const RENEW_AGAIN_MS = 5 * MINUTE_MS;
/** The service takes a key for three hours: tokens that live an hour end before. */
const USABLE_MS = 110 * MINUTE_MS;
const ATTEMPTS = 3;
const ATTEMPT_PAUSE_MS = 3_000;

/** A key with the time it came. */
interface HeldKey {
  readonly key: SigningKey;
  readonly at: number;
}

export interface EntraTokensOptions extends SigningOptions {
  readonly credential: EndpointCredential;
  /** Asks the service for a key. Rejects with a `SignalRServerError` (`sign-in-failed`). */
  readonly fetchKey: (bearer: string) => Promise<IssuedKey>;
}

/** Server connections carry the app's own token; clients carry tokens signed with a key that the service hands out. */
export class EntraTokens implements EndpointTokens, IssuedKeys {
  readonly #options: EntraTokensOptions;
  readonly #bearer: EntraBearer;
  #held: HeldKey | undefined;
  #arrived = moment();
  #renewal: Promise<void> | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;

  constructor(options: EntraTokensOptions) {
    this.#options = options;
    this.#bearer = new EntraBearer(options.credential, options.now);
  }

  get issuedKeys(): IssuedKeys {
    return this;
  }

  bearer(): Promise<string> {
    return this.#bearer.get();
  }

  forServer(_content: TokenContent, signal?: AbortSignal): Promise<string> {
    const bearer = this.#bearer.get();
    return signal === undefined ? bearer : untilAborted(bearer, signal);
  }

  async forClient(content: TokenContent): Promise<string> {
    const key = this.#usableKey() ?? (await this.#firstKey());
    return key.sign(content);
  }

  accept({ accessKey, keyId }: IssuedKey): void {
    this.#held = { key: new SigningKey(accessKey, this.#options, keyId), at: this.#options.now() };
    this.#arrived.resolve();
    this.#arrived = moment();
  }

  /** An older key is used while a new one is on its way. */
  #usableKey(): SigningKey | undefined {
    if (this.#held === undefined) return undefined;
    const age = this.#options.now() - this.#held.at;
    if (age >= USABLE_MS) return undefined;
    // The older key goes on: whether it can be renewed shows when it is needed.
    if (age >= RENEW_AFTER_MS && this.#isRenewalDue()) this.#renew().catch(() => undefined);
    return this.#held.key;
  }

  /** From the service's answer, or over a server connection, whichever comes first. */
  async #firstKey(): Promise<SigningKey> {
    await Promise.race([this.#renew(), this.#arrived.promise]);
    if (this.#held === undefined) throw new SignalRServerError('sign-in-failed', 'The service gave no key.');
    return this.#held.key;
  }

  #isRenewalDue(): boolean {
    return this.#options.now() - this.#renewedAt >= RENEW_AGAIN_MS;
  }

  #renew(): Promise<void> {
    this.#renewal ??= this.#tryRenewing().finally(() => {
      this.#renewal = undefined;
      this.#renewedAt = this.#options.now();
    });
    return this.#renewal;
  }

  async #tryRenewing(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        this.accept(await this.#options.fetchKey(await this.#bearer.get()));
        return;
      } catch (error) {
        if (attempt === ATTEMPTS || (error instanceof KeyRefusedError && error.isFinal)) throw error;
        await pause(ATTEMPT_PAUSE_MS);
      }
    }
  }
}

/** Keeps no process alive. */
function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
