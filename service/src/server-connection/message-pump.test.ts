import type { ProtocolError } from '@signalite/protocol';
import { type DecodedServiceMessage, encodeServiceMessage } from '@signalite/protocol/service';
import { expect, test } from 'vitest';
import { MessagePump, type PumpOwner } from './message-pump.ts';

interface Options {
  readonly takes?: () => boolean;
  readonly onMessage?: () => void;
}

function pump({ takes = () => true, onMessage }: Options = {}) {
  const handled: number[] = [];
  const refused: string[] = [];
  const owner: PumpOwner = {
    get takesMessages() {
      return takes();
    },
    handle(message: DecodedServiceMessage) {
      handled.push(message.type === 25 ? message.ackId : -1);
      onMessage?.();
    },
    refuse: (error: ProtocolError) => refused.push(error.code),
  };
  return { one: new MessagePump(owner, 1000), handled, refused };
}

function questions(count: number, first = 0): Buffer {
  const all = Array.from({ length: count }, (_, index) =>
    encodeServiceMessage({ type: 25, userId: 'u', ackId: first + index }),
  );
  return Buffer.concat(all);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

async function microtasks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('messages are handed over in order, however they were cut', async () => {
  const { one, handled } = pump();
  const bytes = questions(500);
  for (let at = 0; at < bytes.length; at += 7) one.push(bytes.subarray(at, at + 7));
  await microtasks();
  expect(handled).toEqual(numbers(500));
});

test('a few messages are handed over before the call returns', () => {
  const { one, handled } = pump();
  one.push(questions(10));
  expect(handled).toEqual(numbers(10));
});

test('after a burst the promises of its messages come first', async () => {
  let answers = 0;
  const seen: number[] = [];
  const { one, handled } = pump({
    onMessage: () => {
      seen.push(answers);
      Promise.resolve().then(
        () => {
          answers += 1;
        },
        () => undefined,
      );
    },
  });
  // As `ws` hands over many small frames of one read.
  for (let frame = 0; frame < 100; frame++) one.push(questions(10, frame * 10));
  await microtasks();
  expect(handled).toEqual(numbers(1000));
  for (const [index, before] of seen.entries()) expect(index - before).toBeLessThanOrEqual(64);
});

test('nothing is handed over while the owner takes nothing, and nothing is lost', async () => {
  let room = 3;
  const { one, handled } = pump({
    takes: () => room > 0,
    onMessage: () => {
      room -= 1;
    },
  });
  one.push(questions(5));
  one.push(questions(5, 5));
  await microtasks();
  expect(handled).toEqual(numbers(3));
  room = 100;
  one.resume();
  expect(handled).toEqual(numbers(10));
});

test.each([
  { what: 'nonsense', bytes: Buffer.from([1, 0xc1]), code: 'malformed' },
  { what: 'a prefix over the limit', bytes: Buffer.from([0xe9, 0x07]), code: 'message-too-large' },
])('$what is refused after what came before it', ({ bytes, code }) => {
  const { one, handled, refused } = pump();
  one.push(Buffer.concat([questions(3), bytes]));
  expect(handled).toEqual(numbers(3));
  expect(refused).toEqual([code]);
});

test('other faults are not taken for nonsense', () => {
  const { one, refused } = pump({
    onMessage: () => {
      throw new TypeError('a fault of the service');
    },
  });
  expect(() => one.push(questions(1))).toThrow(TypeError);
  expect(refused).toEqual([]);
});
