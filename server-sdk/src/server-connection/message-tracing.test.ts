import { expect, test } from 'vitest';
import { MessageTracing } from './message-tracing.ts';

/** 0 for none. */
function idOf(message: object): bigint {
  return 'tracingId' in message && typeof message.tracingId === 'bigint' ? message.tracingId : 0n;
}

const MESSAGE = { type: 10, excludedConnectionIds: [], payloads: [] } as const;

test('messages have ids while one endpoint wants it', () => {
  const tracing = new MessageTracing();
  const hasId = () => idOf(tracing.mark(MESSAGE)) !== 0n;
  expect(hasId()).toBe(false);
  tracing.switch('a', true);
  tracing.switch('b', false);
  expect(hasId()).toBe(true);
  tracing.switch('b', true);
  tracing.switch('a', false);
  expect(hasId()).toBe(true);
  tracing.switch('b', false);
  expect(hasId()).toBe(false);
});

test('what is sent on behalf of a diagnostic client always has one', () => {
  const { always } = new MessageTracing();
  expect(idOf(always.mark(MESSAGE))).not.toBe(0n);
});

test('ids count up behind one prefix', () => {
  const tracing = new MessageTracing();
  tracing.switch('a', true);
  const [first, second] = [idOf(tracing.mark(MESSAGE)), idOf(tracing.mark(MESSAGE))];
  expect(second - first).toBe(1n);
  expect(first & 0xffff_ffffn).toBe(1n);
});
