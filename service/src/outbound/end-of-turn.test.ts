import { expect, test } from 'vitest';
import { EndOfTurn, type Flushable } from './end-of-turn.ts';

/** Resolves after everything that the end of the present turn runs. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function flushable(name: string, log: string[], then?: (self: Flushable) => void): Flushable {
  const self: Flushable = {
    flush() {
      log.push(name);
      then?.(self);
    },
  };
  return self;
}

test('everything marked in a turn is flushed at its end, in order', async () => {
  const endOfTurn = new EndOfTurn();
  const log: string[] = [];
  endOfTurn.mark(flushable('a', log));
  endOfTurn.mark(flushable('b', log));
  expect(log).toEqual([]);
  await nextTurn();
  expect(log).toEqual(['a', 'b']);
});

test('it comes after all promises of the turn', async () => {
  const endOfTurn = new EndOfTurn();
  const log: string[] = [];
  endOfTurn.mark(flushable('flushed', log));
  for (let index = 0; index < 10; index++) await Promise.resolve();
  log.push('promises');
  await nextTurn();
  expect(log).toEqual(['promises', 'flushed']);
});

test('what marks itself while it is flushed comes in the next turn', async () => {
  const endOfTurn = new EndOfTurn();
  const log: string[] = [];
  let again = 2;
  const repeats = flushable('r', log, (self) => {
    again -= 1;
    if (again > 0) endOfTurn.mark(self);
  });
  endOfTurn.mark(repeats);
  await nextTurn();
  expect(log).toEqual(['r']);
  endOfTurn.mark(flushable('later', log));
  await nextTurn();
  expect(log).toEqual(['r', 'r', 'later']);
});

test('an idle turn flushes nothing', async () => {
  const endOfTurn = new EndOfTurn();
  const log: string[] = [];
  endOfTurn.mark(flushable('a', log));
  await nextTurn();
  await nextTurn();
  expect(log).toEqual(['a']);
});
