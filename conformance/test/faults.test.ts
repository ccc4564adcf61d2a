import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../src/catalogue.ts';
import { type Check, SERVICE_MODES, type ServiceMode } from '../src/check.ts';
import { hasDotnet } from '../src/dotnet/dotnet-build.ts';
import { ALL_FAULTS } from '../src/faults/all-faults.ts';
import type { Fault } from '../src/faults/fault.ts';
import { runCheck } from '../src/run-check.ts';
import { Violation } from '../src/violation.ts';
import { TargetService } from './target-service.ts';

const CHECKS = new Map(CATALOGUE.map((check) => [check.id, check]));
const FAULT_MS = 120_000;
const services = new Map<ServiceMode, TargetService>();

beforeAll(async () => {
  for (const serviceMode of SERVICE_MODES) services.set(serviceMode, await TargetService.start(serviceMode));
});
afterAll(() => Promise.all([...services.values()].map((service) => service[Symbol.asyncDispose]())));

function checkOf(id: string): Check {
  const check = CHECKS.get(id);
  if (check === undefined) throw new Error(`There is no check '${id}'.`);
  return check;
}

/** What becomes of a check behind a fault. */
async function judge(service: TargetService, fault: Fault, check: Check): Promise<unknown> {
  const { proxy, target } = await service.behind(fault);
  await using _proxy = proxy;
  // Awaited here: the proxy must not go before the check has ended.
  return await runCheck(check, target).then(
    () => 'passed',
    (error: unknown) => error,
  );
}

const CASES = ALL_FAULTS.flatMap((fault) => fault.turnsRed.map((id) => ({ fault, id, name: fault.name })));

describe.concurrent('every fault is noticed', () => {
  test.for(CASES)('$name: $id', { timeout: FAULT_MS }, async ({ fault, id }, { skip }) => {
    const check = checkOf(id);
    if (check.needs?.includes('dotnet-client') === true && !hasDotnet()) skip('There is no dotnet on this machine.');
    const [serviceMode = 'Default'] = check.modes ?? ['Default'];
    const common = services.get(serviceMode);
    if (common === undefined) throw new Error(`No service runs in ${serviceMode} mode.`);
    if (fault.upstream === undefined) {
      expect(await judge(common, fault, check)).toBeInstanceOf(Violation);
      return;
    }
    await using own = await TargetService.start(serviceMode, fault);
    expect(await judge(own, fault, check)).toBeInstanceOf(Violation);
  });
});
