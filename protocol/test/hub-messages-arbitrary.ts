import fc from 'fast-check';
import type { HubMessage } from '../src/index.ts';

// Hub messages for property tests: what both protocols give back exactly as it was written.

/** No encoding of hub messages has lone surrogates. */
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
/** The MessagePack library refuses `__proto__`; so does nobody need it. */
const key = text.filter((name) => name !== '__proto__');
const integer = fc.oneof(fc.integer(), fc.maxSafeInteger()).map((number) => number + 0);
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0));

const scalar = fc.oneof(text, integer, double, fc.boolean(), fc.constant(null));

/** Values that JSON and MessagePack can both say. */
export const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;

/** Values that only MessagePack gives back as they were. */
export const binaryValue: fc.Arbitrary<unknown> = fc.oneof(
  value,
  fc.uint8Array({ maxLength: 70 }),
  fc.date({ noInvalidDate: true, min: new Date(-8.64e15), max: new Date(8.64e15) }),
);

const headers = fc.dictionary(key, text, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
const streamIds = fc.array(text, { minLength: 1, maxLength: 3 });
const sequenceId = fc.nat({ max: Number.MAX_SAFE_INTEGER });

/** Every kind of message, with or without each of its optional members. */
export function hubMessage(item: fc.Arbitrary<unknown>): fc.Arbitrary<HubMessage> {
  const values = fc.array(item, { maxLength: 4 });
  const optionally = { noNullPrototype: true } as const;
  return fc.oneof(
    fc.record(
      { type: fc.constant(1 as const), headers, invocationId: text, target: id, arguments: values, streamIds },
      { ...optionally, requiredKeys: ['type', 'target', 'arguments'] },
    ),
    fc.record(
      { type: fc.constant(2 as const), headers, invocationId: id, item },
      { ...optionally, requiredKeys: ['type', 'invocationId', 'item'] },
    ),
    fc.record(
      { type: fc.constant(3 as const), headers, invocationId: id, result: item },
      { ...optionally, requiredKeys: ['type', 'invocationId'] },
    ),
    fc.record(
      { type: fc.constant(3 as const), headers, invocationId: id, error: text },
      { ...optionally, requiredKeys: ['type', 'invocationId', 'error'] },
    ),
    fc.record(
      { type: fc.constant(4 as const), headers, invocationId: id, target: id, arguments: values, streamIds },
      { ...optionally, requiredKeys: ['type', 'invocationId', 'target', 'arguments'] },
    ),
    fc.record(
      { type: fc.constant(5 as const), headers, invocationId: id },
      { ...optionally, requiredKeys: ['type', 'invocationId'] },
    ),
    fc.constant({ type: 6 as const }),
    fc.record(
      { type: fc.constant(7 as const), error: text, allowReconnect: fc.constant(true) },
      { ...optionally, requiredKeys: ['type'] },
    ),
    fc.record({ type: fc.constantFrom(8 as const, 9 as const), sequenceId }, optionally),
  );
}
