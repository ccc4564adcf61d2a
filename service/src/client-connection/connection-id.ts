import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
const IDS_PER_FILL = 128;

const pool = Buffer.allocUnsafeSlow(ID_BYTES * IDS_PER_FILL);
let used = pool.length;

/**
 * 22 characters, base64url of 16 random bytes (client-protocol 5.3). Random bytes are fetched for many ids at a time:
 * one by one they were a fifth of what negotiate costs.
 */
export function createConnectionId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.toString('base64url', used, used + ID_BYTES);
  // Nobody who reads memory later learns an id that is in use.
  pool.fill(0, used, used + ID_BYTES);
  used += ID_BYTES;
  return id;
}
