/** The version to answer in, or the text for a negotiate error (sent with status 200). */
export type NegotiateVersion = { readonly version: 0 | 1 } | { readonly error: string };

const INT32_MAX = 2 ** 31 - 1;

/**
 * Chooses the version of the answer from the `negotiateVersion` query value (client-protocol 1.3). Absent is 0, more
 * than 1 is answered as 1.
 */
export function negotiateVersion(queryValue: string | undefined): NegotiateVersion {
  if (queryValue === undefined) return { version: 0 };
  const text = queryValue.trim();
  const asked = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(asked >= -INT32_MAX - 1 && asked <= INT32_MAX)) {
    return { error: 'The client requested a non-integer protocol version.' };
  }
  if (asked < 0) {
    return { error: `The client requested version '${asked}', but the server does not support this version.` };
  }
  return { version: asked >= 1 ? 1 : 0 };
}
