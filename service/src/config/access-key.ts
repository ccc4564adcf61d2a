/** Shorter keys can be guessed. Libraries demand as much for HS256. */
export const ACCESS_KEY_MIN_BYTES = 32;

/** False for a key that tokens should not be signed with. */
export function isLongEnough(accessKey: string): boolean {
  return Buffer.byteLength(accessKey) >= ACCESS_KEY_MIN_BYTES;
}

/** Keys to change while the service runs; what is left out stays. */
export interface KeyChange {
  readonly primaryKey?: string;
  /** Null: there is none from now on. */
  readonly secondaryKey?: string | null;
}
