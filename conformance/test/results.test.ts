// The kept results, and what the README makes of them.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { RESULTS_FILE, readmeTable, readmeTableNow } from '../scripts/readme-table.ts';
import { CATALOGUE } from '../src/catalogue.ts';
import { type Check, SERVICE_MODES, type ServiceMode } from '../src/check.ts';
import type { Tallies } from '../src/report/what-works.ts';

const AGAIN = 'Run `npm run test:conformance -- --write`.';

/** Checks that are made without being asked for. */
function madeIn(mode: ServiceMode): string[] {
  const isMade = ({ modes, cost, needs = [] }: Check) =>
    cost === undefined &&
    (modes ?? SERVICE_MODES).includes(mode) &&
    (mode === 'Serverless' || !needs.includes('upstream'));
  return CATALOGUE.filter(isMade)
    .map(({ id }) => id)
    .sort();
}

test.each(SERVICE_MODES)('the kept results in %s mode are of all checks that there are', async (mode) => {
  const tallies: Tallies = JSON.parse(await readFile(RESULTS_FILE, 'utf8'));
  const { passed = [], failed = [] } = tallies[mode] ?? {};
  expect(failed).toEqual([]);
  expect([...passed].sort(), AGAIN).toEqual(madeIn(mode));
});

test('the table of the README is that of the results', async () => {
  expect(await readmeTableNow(), AGAIN).toBe(await readmeTable());
});
