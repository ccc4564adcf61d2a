import { expect, test } from 'vitest';
import { experiment, RATIO, RESULT, round } from '../../test/sample-results.ts';
import type { LoadResult } from '../driver/load.ts';
import { TargetName } from '../targets/target.ts';
import { findFaults } from './faults.ts';

function faultsOf(measured: Partial<LoadResult>): string[] {
  const rounds = [new Map([[TargetName.Signalite, { ...RESULT, deliveredPerSecond: 1, ...measured }]])];
  return findFaults([{ experiment: experiment(), rounds, absent: new Map() }]);
}

test('a measurement in which all arrived has no fault', () => {
  expect(faultsOf({})).toEqual([]);
});

test.each<[Partial<LoadResult>, string]>([
  [{ deliveredPerSecond: 0 }, 'no message arrived'],
  [{ lostMessages: 3 }, '3 messages did not arrive'],
  [{ lostMessages: -2 }, '2 messages arrived that nobody sent'],
  [{ lostConnections: 4 }, '4 connections were lost'],
])('%j is a fault', (measured, fault) => {
  expect(faultsOf(measured)).toEqual([`test, signalite: ${fault}.`]);
});

test('a service that grows without end is a fault', () => {
  const service = { userUs: 1, systemUs: 1, connectUs: 1, rssMb: 1, rssPerConnectionKb: 1, peakRssMb: 600 };
  expect(faultsOf({ processes: { service } })).toEqual(['test, signalite: the service took 600 MB, more than 512.']);
});

test('a figure that is not there is a fault, unless its peer is left out', () => {
  const faults = (kestrel: number | undefined, absent: ReadonlyMap<TargetName, string>) =>
    findFaults([{ experiment: experiment(RATIO), rounds: [round(1, kestrel)], absent }]);
  expect(faults(1, new Map())).toEqual([]);
  expect(faults(undefined, new Map([[TargetName.Kestrel, 'dotnet is not installed']]))).toEqual([]);
  const missing = 'test: P4 has no figure for "rate ÷ Kestrel".';
  expect(faults(undefined, new Map())).toEqual([missing]);
  expect(faults(Number.NaN, new Map())).toEqual([missing]);
  expect(faults(0, new Map())).toContain(missing);
});
