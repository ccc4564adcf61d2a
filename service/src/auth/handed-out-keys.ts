import { randomBytes } from 'node:crypto';
import { SigningKeys } from './signing-keys.ts';

const KEY_ID_PREFIX = 'signalite-';
const KEY_ID_BYTES = 16;
// Libraries demand 64 bytes of a key for HS512.
const KEY_BYTES = 64;
/** Whoever asks so soon after another gets the same key: however often it is asked, few keys live at a time. */
const SAME_KEY_MS = 60_000;

/** A signing key that the service hands out for a while (service-protocol 11). */
export interface HandedOutKey {
  /** `kid` of the tokens that are signed with it. */
  readonly keyId: string;
  readonly accessKey: string;
}

/** A handed-out key as whoever verifies tokens needs it. */
export interface LiveKey extends HandedOutKey {
  readonly signing: SigningKeys;
  readonly madeAt: number;
  /** Milliseconds since 1970. */
  readonly validUntil: number;
}

export interface HandedOutKeysOptions {
  /** How long a key is valid after it was handed out, at least. Milliseconds. */
  readonly validMs: number;
  readonly now: () => number;
}

/** Keys handed out to app servers that have none of their own, in memory, until they are over. */
export class HandedOutKeys {
  readonly #options: HandedOutKeysOptions;
  readonly #live = new Map<string, LiveKey>();
  #youngest: LiveKey | undefined;

  constructor(options: HandedOutKeysOptions) {
    this.#options = options;
  }

  /** How many are kept. */
  get count(): number {
    return this.#live.size;
  }

  /** A random key, for whoever may have one. */
  handOut(): HandedOutKey {
    const now = this.#options.now();
    if (this.#youngest === undefined || now >= this.#youngest.madeAt + SAME_KEY_MS) {
      this.#forgetOld(now);
      this.#youngest = this.#make(now);
    }
    const { keyId, accessKey } = this.#youngest;
    return { keyId, accessKey };
  }

  /** The key that a token names, while it is valid. */
  find(keyId: string): LiveKey | undefined {
    const key = this.#live.get(keyId);
    return key !== undefined && key.validUntil > this.#options.now() ? key : undefined;
  }

  #make(now: number): LiveKey {
    const accessKey = randomBytes(KEY_BYTES).toString('base64');
    const key: LiveKey = {
      keyId: `${KEY_ID_PREFIX}${randomBytes(KEY_ID_BYTES).toString('base64url')}`,
      accessKey,
      signing: new SigningKeys([accessKey]),
      madeAt: now,
      validUntil: now + SAME_KEY_MS + this.#options.validMs,
    };
    this.#live.set(key.keyId, key);
    return key;
  }

  #forgetOld(now: number): void {
    for (const { keyId, validUntil } of this.#live.values()) if (validUntil <= now) this.#live.delete(keyId);
  }
}

/** True for the name of a key that this service handed out once, or another one did. */
export function isHandedOutKeyId(keyId: string): boolean {
  return keyId.startsWith(KEY_ID_PREFIX);
}
