import { expect, test } from 'vitest';
import { experiment, round } from '../../test/sample-results.ts';
import { TargetName } from '../targets/target.ts';
import { closingLine } from './closing-line.ts';

test('says what ran how often, and what did not and why', () => {
  const results = [
    {
      experiment: experiment(),
      rounds: [round(1), round(1)],
      absent: new Map([[TargetName.Emulator, 'no --emulator']]),
    },
    { experiment: experiment(), rounds: [round(1, 1)], absent: new Map() },
  ];
  expect(closingLine(results, 12_345)).toBe(
    'Ran 2 loads in 12 s, 4 measurements: signalite 3, Kestrel 1. Left out: emulator (no --emulator).',
  );
});
