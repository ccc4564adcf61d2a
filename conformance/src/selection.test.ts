import { expect, test } from 'vitest';
import type { Check } from './check.ts';
import { plan } from './selection.ts';

const run = () => Promise.resolve();
const check = (id: string, more: Partial<Check> = {}): Check => ({
  id,
  requires: 'it',
  source: 'spec 1',
  run,
  ...more,
});
const CHECKS = [
  check('a.one.x'),
  check('a.two.x', { modes: ['Serverless'] }),
  check('b.one.x', { needs: ['entra'] }),
  check('b.two.x', { cost: 'minutes' }),
];
const ALL = { ids: [], areas: [], features: [] };
const PLAIN = { serviceMode: 'Default', features: [], costs: [] } as const;

function reasons(
  selection: Partial<Parameters<typeof plan>[1]>,
  circumstances = {},
): readonly (readonly [string, string | undefined])[] {
  return plan(CHECKS, { ...ALL, ...selection }, { ...PLAIN, ...circumstances }).map((one) => [
    one.check.id,
    one.leftOut,
  ]);
}

test('what is left out says why', () => {
  expect(reasons({})).toEqual([
    ['a.one.x', undefined],
    ['a.two.x', 'It is for Serverless mode.'],
    ['b.one.x', 'It needs entra.'],
    ['b.two.x', 'It costs minutes: ask with --include minutes.'],
  ]);
});

test('mode, features and costs let checks in', () => {
  const circumstances = { serviceMode: 'Serverless', features: ['entra'], costs: ['minutes'] };
  expect(reasons({}, circumstances).map(([, why]) => why)).toEqual([undefined, undefined, undefined, undefined]);
});

test.each([
  [{ ids: ['a.*'] }, ['a.one.x', 'a.two.x']],
  [{ ids: ['*.one.*'] }, ['a.one.x', 'b.one.x']],
  [{ ids: ['a.one'] }, []],
  [{ areas: ['b'] }, ['b.one.x', 'b.two.x']],
  [{ features: ['entra'] as const }, ['b.one.x']],
])('%j selects %j', (selection, ids) => {
  expect(reasons(selection).map(([id]) => id)).toEqual(ids);
});
