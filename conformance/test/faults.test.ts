import { type Service, startService } from 'signalite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CATALOGUE } from '../src/catalogue.ts';
import { type Check, FEATURES, SERVICE_MODES, type ServiceMode } from '../src/check.ts';
import { ALL_FAULTS } from '../src/faults/all-faults.ts';
import { FaultyProxy } from '../src/faults/faulty-proxy.ts';
import { runCheck } from '../src/run-check.ts';
import { Target } from '../src/target.ts';
import { Violation } from '../src/violation.ts';

const ACCESS_KEY = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH';
const CHECKS = new Map(CATALOGUE.map((check) => [check.id, check]));
const services = new Map<ServiceMode, Service>();

beforeAll(async () => {
  for (const serviceMode of SERVICE_MODES) {
    services.set(serviceMode, await startService({ host: '127.0.0.1', port: 0, serviceMode }));
  }
});
afterAll(() => Promise.all([...services.values()].map((service) => service.close())));

function checkOf(id: string): Check {
  const check = CHECKS.get(id);
  if (check === undefined) throw new Error(`There is no check '${id}'.`);
  return check;
}

const CASES = ALL_FAULTS.flatMap((fault) => fault.turnsRed.map((id) => ({ fault, id, name: fault.name })));

describe.concurrent('every fault is noticed', () => {
  test.each(CASES)('$name: $id', { timeout: 40_000 }, async ({ fault, id }) => {
    const check = checkOf(id);
    const [serviceMode = 'Default'] = check.modes ?? ['Default'];
    const service = services.get(serviceMode);
    if (service === undefined) throw new Error(`No service runs in ${serviceMode} mode.`);
    await using proxy = await FaultyProxy.start(service.url, fault);
    const connectionString = proxy.connectionString(ACCESS_KEY);
    const target = new Target({ connectionString, serviceMode, features: FEATURES, costs: [] });
    await expect(runCheck(check, target)).rejects.toThrow(Violation);
  });
});
