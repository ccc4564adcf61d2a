import { expect, test } from 'vitest';
import { openFilesProblem } from './open-files.ts';

const limits = (hard: string) =>
  `Limit                     Soft Limit           Hard Limit           Units
Max processes             95000                95000                processes
Max open files            1024                 ${hard.padEnd(20)} files
`;

test.each(['20000', '10300', 'unlimited'])('10,000 clients fit into a limit of %s', (hard) => {
  expect(openFilesProblem(10_000, limits(hard))).toBeUndefined();
});

test('a limit that is too low is named with what to do', () => {
  const problem = openFilesProblem(10_000, limits('4096'));
  expect(problem).toContain('10000 clients need 10300 open files');
  expect(problem).toContain('allows 4096');
  expect(problem).toContain('ulimit -n 10300');
});

test('this machine says what it allows', () => {
  expect(openFilesProblem(1)).toBeUndefined();
  expect(openFilesProblem(Number.MAX_SAFE_INTEGER - 1000)).toBeDefined();
});
