import { Encoder } from '@msgpack/msgpack';
import { ENCODER_DEPTH_MAX, MESSAGEPACK_DEPTH_MAX } from './messagepack-structure.ts';

// The library writes either bigint values or big integers of type number as 64-bit integers, but not both at a time.
// Values with a bigint in them take this way: there every integer that needs 64 bits is a bigint.

const UINT32_MAX = 2 ** 32 - 1;
const INT32_MIN = -(2 ** 31);

/** True when a bigint is anywhere in `value`. */
export function holdsBigInt(value: unknown, depth: number = 0): boolean {
  if (typeof value === 'bigint') return true;
  // The bound ends cycles, which no encoder writes.
  if (!isMap(value) || depth > MESSAGEPACK_DEPTH_MAX) return false;
  return Object.values(value).some((item) => holdsBigInt(item, depth + 1));
}

/** MessagePack of `value`. Throws a `RangeError` for a bigint that does not fit into 64 bits. */
export function encodeWithBigInt(value: unknown): Uint8Array {
  return new Encoder({ useBigInt64: true, maxDepth: ENCODER_DEPTH_MAX }).encode(withBigIntegers(value));
}

function withBigIntegers(value: unknown): unknown {
  if (typeof value === 'bigint') return integer(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? integer(BigInt(value)) : value;
  if (Array.isArray(value)) return value.map(withBigIntegers);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withBigIntegers(item)]));
}

function integer(value: bigint): number | bigint {
  if (value >= INT32_MIN && value <= UINT32_MAX) return Number(value);
  if (BigInt.asUintN(64, value) === value || BigInt.asIntN(64, value) === value) return value;
  throw new RangeError('A bigint is outside of the 64 bits that MessagePack has for integers.');
}

/** Arrays too; what is written whole is not. */
function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return !ArrayBuffer.isView(value) && !(value instanceof Date);
}
