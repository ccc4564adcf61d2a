import fc from 'fast-check';
import type { ServiceMessageType } from '../src/service/message-type.ts';
import type { Claim, Header, Payload, ServiceMessage, ServiceMessageOf } from '../src/service/messages.ts';

const asciiText = fc.string({ unit: 'binary-ascii', maxLength: 60 });
const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const longText = fc.integer({ min: 20, max: 400 }).map((length) => 'é'.repeat(length / 2).padEnd(length, 'x'));
const text = fc.oneof({ weight: 8, arbitrary: asciiText }, { weight: 8, arbitrary: anyText }, longText);
const texts = fc.array(text, { maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 300 });
const int = fc.oneof(fc.integer(), fc.integer({ min: -200, max: 300 }));
const tracingId = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const claims: fc.Arbitrary<Claim[]> = fc.array(fc.record({ type: text, value: text }), { maxLength: 20 });
const headers: fc.Arbitrary<Header[]> = fc.array(fc.record({ name: text, values: texts }), { maxLength: 3 });
const payloads: fc.Arbitrary<Payload[]> = fc.array(fc.record({ protocol: text, data: bytes }), { maxLength: 3 });

const traced = { tracingId };
const fanOut = { tracingId, filter: text };
const acked = { ackId: int };
const invocation = { invocationId: text, connectionId: text, callerServerId: text };

/** Messages as they are read: what the wire does not tell apart (an absent error and an empty one) is in one form. */
export const messagesByType: { readonly [T in ServiceMessageType]: fc.Arbitrary<ServiceMessageOf<T>> } = {
  1: message(
    { type: fc.constant(1), version: int, connectionType: int, target: text, migrationLevel: int },
    { allowStatefulReconnects: fc.boolean() },
  ),
  2: message({ type: fc.constant(2) }, { error: text.filter((error) => error !== ''), connectionId: text }),
  3: message({ type: fc.constant(3), values: texts }),
  4: message(
    { type: fc.constant(4), connectionId: text, claims, headers, queryString: text },
    { tracingId, protocol: text },
  ),
  5: message({ type: fc.constant(5), connectionId: text, error: text, headers }, traced),
  6: message(
    { type: fc.constant(6), connectionId: text, payload: bytes },
    { tracingId, dataType: int.filter((dataType) => dataType !== 0), isPartial: fc.constant(true) },
  ),
  7: message({ type: fc.constant(7), connectionIds: texts, payloads }, fanOut),
  8: message({ type: fc.constant(8), userId: text, payloads }, fanOut),
  9: message({ type: fc.constant(9), userIds: texts, payloads }, fanOut),
  10: message({ type: fc.constant(10), excludedConnectionIds: texts, payloads }, fanOut),
  11: message({ type: fc.constant(11), connectionId: text, group: text }, traced),
  12: message({ type: fc.constant(12), connectionId: text }, { group: text, tracingId }),
  13: message(
    { type: fc.constant(13), group: text, excludedConnectionIds: texts, payloads, excludedUserIds: texts },
    { callerUserId: text, ...fanOut },
  ),
  14: message({ type: fc.constant(14), groups: texts, payloads }, fanOut),
  15: message({ type: fc.constant(15), message: text }),
  16: message({ type: fc.constant(16), userId: text, group: text }, { tracingId, ttlSeconds: int }),
  17: message({ type: fc.constant(17), userId: text }, { group: text, tracingId }),
  18: message({ type: fc.constant(18), connectionId: text, group: text, ...acked }, traced),
  19: message({ type: fc.constant(19), connectionId: text, ...acked }, { group: text, tracingId }),
  20: message({ type: fc.constant(20), ...acked, status: int, message: text }, { payload: bytes }),
  21: message({ type: fc.constant(21), userId: text, group: text, ...acked }, traced),
  22: message({ type: fc.constant(22), objectType: int, id: text, kind: int, message: text }),
  23: message({ type: fc.constant(23), group: text, ...acked }, traced),
  24: message({ type: fc.constant(24), connectionId: text, ...acked }, traced),
  25: message({ type: fc.constant(25), userId: text, ...acked }, traced),
  26: message({ type: fc.constant(26), userId: text, group: text, ...acked }, { tracingId, ttlSeconds: int }),
  27: message({ type: fc.constant(27), userId: text, ...acked }, { group: text, tracingId }),
  28: message({ type: fc.constant(28) }, { token: text, kid: text }),
  29: message({ type: fc.constant(29) }, { kid: text, accessKey: text, errorType: text, errorMessage: text }),
  30: message({ type: fc.constant(30), connectionId: text, ...acked }, { reason: text, tracingId }),
  31: message({ type: fc.constant(31), ...acked, excludedConnectionIds: texts }, { reason: text, tracingId }),
  32: message(
    { type: fc.constant(32), userId: text, ...acked, excludedConnectionIds: texts },
    { reason: text, tracingId },
  ),
  33: message(
    { type: fc.constant(33), group: text, ...acked, excludedConnectionIds: texts },
    { reason: text, tracingId },
  ),
  34: message({ type: fc.constant(34), ...invocation, payloads }, traced),
  35: message({ type: fc.constant(35), ...invocation, protocol: text, payload: bytes }, traced),
  36: message({ type: fc.constant(36), ...invocation, error: text }, traced),
  37: message({ type: fc.constant(37), invocationId: text, connectionId: text, instanceId: text }),
  38: message({ type: fc.constant(38), connectionId: text }),
  39: message({ type: fc.constant(39), connectionId: text, target: int, operation: int }),
  40: message(
    { type: fc.constant(40), group: text, ...acked },
    { max: int, continuationToken: text, top: int, tracingId },
  ),
};

/** Any message that can be written. */
export const anyServiceMessage: fc.Arbitrary<ServiceMessage> = fc.oneof(...Object.values(messagesByType));

type Arbitraries<T> = { [K in keyof T]: fc.Arbitrary<T[K]> };

/** A message with all required members, and any of the optional ones. */
function message<R, O = object>(required: Arbitraries<R>, optional?: Arbitraries<O>): fc.Arbitrary<R & Partial<O>> {
  const members: Record<string, fc.Arbitrary<unknown>> = { ...required, ...optional };
  const arbitrary: fc.Arbitrary<unknown> = fc.record(members, { requiredKeys: Object.keys(required) });
  // What the loss of the members' names took from the type.
  return arbitrary as fc.Arbitrary<R & Partial<O>>;
}
