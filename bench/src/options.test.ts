import { expect, test } from 'vitest';
import { GOALS } from './experiments/experiment.ts';
import { readCommandLine } from './options.ts';

test('nothing given means everything', () => {
  const read = readCommandLine([]);
  expect(read).toMatchObject({ wants: 'run', options: { isQuick: false, goals: new Set(GOALS), sdkDir: undefined } });
});

test('goals are named in any case and kept in their order', () => {
  expect(readCommandLine(['--only', 'p4, P1'])).toMatchObject({ options: { goals: new Set(['P1', 'P4']) } });
});

test.each([
  [['--only', 'P99'], "there is no goal 'P99'"],
  [['--rounds', '0'], '--rounds must be'],
  [['--rounds', 'many'], '--rounds must be'],
  [['--sdk-dir', '/does/not/exist'], 'does not exist'],
  [['--before', '/does/not/exist'], 'npm run build'],
  [['--nonsense'], "'--nonsense'"],
])('%j is refused', (argv, problem) => {
  const read = readCommandLine(argv);
  expect(read).toMatchObject({ wants: 'nothing' });
  expect('problem' in read && read.problem).toContain(problem);
});
