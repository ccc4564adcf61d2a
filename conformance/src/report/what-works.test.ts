import { expect, test } from 'vitest';
import { CATALOGUE } from '../catalogue.ts';
import { areaOf } from '../selection.ts';
import { ROWS, readTally, whatWorksTable } from './what-works.ts';

test('every area stands in one row', () => {
  const areas = [...new Set(CATALOGUE.map(areaOf))].sort();
  expect(ROWS.flatMap(({ areas: some }) => some).sort()).toEqual(areas);
});

const JSON_OF_VITEST = JSON.stringify({
  testResults: [
    {
      assertionResults: [
        { title: 'tokens.b', status: 'passed' },
        { title: 'tokens.a', status: 'passed' },
        { title: 'classic.a', status: 'failed' },
        { title: 'classic.b', status: 'passed' },
      ],
    },
  ],
});

test('results are read from the file that --json writes', () => {
  expect(readTally(JSON_OF_VITEST)).toEqual({ passed: ['classic.b', 'tokens.a', 'tokens.b'], failed: ['classic.a'] });
  expect(() => readTally('{}')).toThrow('Write one with --json');
});

test('the table counts what was made', () => {
  const table = whatWorksTable([{ title: 'this', tally: readTally(JSON_OF_VITEST) }]);
  expect(table).toContain('| negotiate and tokens | all 2 |');
  expect(table).toContain('| Classic mode | 1 of 2 |');
  expect(table).toContain('| client results | – |');
});
