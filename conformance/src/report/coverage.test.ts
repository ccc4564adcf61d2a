import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CATALOGUE } from '../catalogue.ts';
import { coverageTable, sectionOf } from './coverage.ts';
import { SECTIONS } from './sections.ts';

test('every check comes from a section that there is', () => {
  expect(
    CATALOGUE.filter((check) => sectionOf(check) === undefined).map(({ id, source }) => `${id}: ${source}`),
  ).toEqual([]);
});

test('every section has checks, or a reason why it has none, and not both', () => {
  const withChecks = new Set(CATALOGUE.map(sectionOf));
  const wrong = SECTIONS.filter((section) => withChecks.has(section) === (section.withoutChecks !== undefined));
  expect(wrong.map(({ document, number, title }) => `${document} ${number} ${title}`)).toEqual([]);
});

test('COVERAGE.md is what --coverage writes', async () => {
  const file = await readFile(new URL('../../COVERAGE.md', import.meta.url), 'utf8');
  expect(file, 'Run `npm run -s conformance -- --coverage` and put its table into COVERAGE.md.').toContain(
    coverageTable(CATALOGUE),
  );
});
