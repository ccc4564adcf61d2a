/** Copies up to this size share a slab: below it, allocating costs several times what copying does. */
const maxPooledBytes = 2048;
/** Small, because one copy that lives on keeps its whole slab alive. */
const slabBytes = 8192;

let slab = new Uint8Array(0);
let used = 0;

/** A copy of `bytes[start, end)`, of exactly that length. Small copies lie in a shared `buffer`. */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const byteLength = end - start;
  // The engine keeps arrays of up to 64 bytes on its own heap, which no slab beats.
  if (byteLength <= 64 || byteLength > maxPooledBytes) {
    return bytes.slice(start, end);
  }
  if (byteLength > slab.length - used) {
    slab = new Uint8Array(slabBytes);
    used = 0;
  }
  const copy = slab.subarray(used, used + byteLength);
  copy.set(bytes.subarray(start, end));
  used += byteLength;
  return copy;
}
