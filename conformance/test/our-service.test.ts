// What our own service does, in each mode, as the command line would say it.
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../src/catalogue.ts';
import { type Check, SERVICE_MODES, type ServiceMode } from '../src/check.ts';
import { runCheck } from '../src/run-check.ts';
import { plan } from '../src/selection.ts';
import type { Target } from '../src/target.ts';
import { TargetService } from './target-service.ts';

const EVERYTHING = { ids: [], areas: [], features: [] };
const SIDE_BY_SIDE = 8;
const RUN_MS = 120_000;

/** Gives one line for each check that is not as required. */
async function failuresOf(checks: readonly Check[], target: Target): Promise<string[]> {
  const failures: string[] = [];
  const waiting = [...checks];
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const { id } = check;
      await runCheck(check, target).catch((error: unknown) => failures.push(`${id}: ${String(error)}`));
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return failures;
}

describe('every check holds', () => {
  test.each(SERVICE_MODES)('in %s mode', { timeout: RUN_MS }, async (serviceMode: ServiceMode) => {
    await using service = await TargetService.start(serviceMode);
    const target = service.target();
    const made = plan(CATALOGUE, EVERYTHING, target.options).filter(({ leftOut }) => leftOut === undefined);
    const checks = made.map(({ check }) => check);
    expect(checks.length).toBeGreaterThan(30);
    expect(await failuresOf(checks, target)).toEqual([]);
  });

  test('no id is there twice', () => {
    expect(new Set(CATALOGUE.map(({ id }) => id)).size).toBe(CATALOGUE.length);
  });
});
