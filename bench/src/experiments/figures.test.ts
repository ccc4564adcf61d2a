import { expect, test } from 'vitest';
import { RESULT } from '../../test/sample-results.ts';
import { cpuUs, deliveredPerSecond, p99Ms, sentPerSecond } from './figures.ts';

test.each([
  ['rate', deliveredPerSecond],
  ['latency', p99Ms],
  ['CPU', cpuUs()],
])('%s: nothing measured is no number', (_, figure) => {
  const idle = { userUs: 0, systemUs: 0, connectUs: 0, rssMb: 0, rssPerConnectionKb: 0, peakRssMb: 0 };
  expect(figure({ ...RESULT, processes: { service: idle } })).toBeUndefined();
});

test('CPU is that of one process or of all', () => {
  const one = { userUs: 1, systemUs: 2, connectUs: 0, rssMb: 0, rssPerConnectionKb: 0, peakRssMb: 0 };
  const result = { ...RESULT, processes: { service: one, app: { ...one, userUs: 4 } } };
  expect([cpuUs()(result), cpuUs('service')(result), cpuUs('server')(result)]).toEqual([9, 3, undefined]);
});

test('of sends that reach many, each counts once', () => {
  expect(sentPerSecond(1000)({ ...RESULT, deliveredPerSecond: 60_000 })).toBe(60);
  expect(sentPerSecond(1000)(RESULT)).toBeUndefined();
});
