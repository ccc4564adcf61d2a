import { describe, expect, test } from 'vitest';
import { type Change, runRestart } from './rolling-restart/restart-run.ts';

const TALKERS = 24;

function run(change: Change) {
  return runRestart({
    change,
    talkers: TALKERS,
    roomSize: 6,
    everyMs: 200,
    messages: 5,
    workMs: 20,
    dlls: [undefined, undefined],
    progress: () => undefined,
  });
}

// The same with 200 clients, and with ASP.NET Core on the real SDK: npm run test:restart.
describe('app servers that go while clients talk', { timeout: 120_000 }, () => {
  test('replaced with migration: no message is lost, no client notices', async () => {
    const { all } = await run('migrate');
    expect(all).toMatchObject({ talkers: TALKERS, losses: 0, missing: 0, doubled: 0, unanswered: 0 });
    expect(all.deliveries).toBe(all.said * 6);
  });

  test('replaced without: every client comes back by itself', async () => {
    const { all, connectedAtEnd } = await run('disconnect');
    expect(connectedAtEnd).toBe(TALKERS);
    // Each of them lost its server twice, unless it came back to the one that was not replaced yet.
    expect(all.losses).toBeGreaterThanOrEqual(TALKERS);
    expect(all.doubled).toBe(0);
  });

  test('killed: only its own clients are touched', async () => {
    const { all, untouched, connectedAtEnd } = await run('kill');
    expect(connectedAtEnd).toBe(TALKERS);
    expect(untouched).toMatchObject({ talkers: TALKERS / 2, losses: 0, missing: 0, doubled: 0, unanswered: 0 });
    expect(all.losses).toBe(TALKERS / 2);
  });
});
