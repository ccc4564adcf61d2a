import { describe, expect, test } from 'vitest';
import { FakeOutlet } from '../../test/support/hub-harness.ts';
import { Acks } from './acks.ts';

function start() {
  const clock = { now: 0 };
  const acks = new Acks(() => clock.now);
  return { clock, acks, outlet: new FakeOutlet() };
}

describe('Acks', () => {
  test('ids differ, and each answer finds its own', async () => {
    const { acks, outlet } = start();
    const one = acks.expect(outlet);
    const two = acks.expect(outlet);
    acks.complete(two.ackId, 2);
    acks.complete(one.ackId, 1);
    expect([await one.confirmed, await two.confirmed, one.ackId]).toEqual([true, false, 1]);
  });

  test.each([
    [3, 'ack-timeout'],
    [4, 'ack-timeout'],
    [5, 'ack-failed'],
    [100, 'ack-failed'],
  ])('status %i is a failure', async (status, code) => {
    const { acks, outlet } = start();
    const { ackId, confirmed } = acks.expect(outlet);
    acks.complete(ackId, status);
    await expect(confirmed).rejects.toMatchObject({ code });
  });

  test('ten seconds are the limit; what comes later changes nothing', async () => {
    const { acks, clock, outlet } = start();
    const { ackId, confirmed } = acks.expect(outlet);
    clock.now = 9999;
    acks.expire();
    clock.now = 10_000;
    acks.expire();
    acks.complete(ackId, 1);
    await expect(confirmed).rejects.toMatchObject({ code: 'ack-timeout' });
  });

  test('a lost server connection takes its own along', async () => {
    const { acks, outlet } = start();
    const lost = acks.expect(outlet);
    const kept = acks.expect(new FakeOutlet());
    acks.connectionLost(outlet);
    acks.complete(kept.ackId, 1);
    await expect(lost.confirmed).rejects.toMatchObject({ code: 'connection-lost' });
    expect(await kept.confirmed).toBe(true);
  });
});
