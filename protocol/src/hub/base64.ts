// Chunks keep the argument list of String.fromCharCode short enough for every engine.
const CHUNK_BYTES = 0x8000;

/** Standard base64 with padding, in browsers and Node alike. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  }
  return btoa(binary);
}
