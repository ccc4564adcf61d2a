import type { Scenario } from './scenario.ts';

const OVER_LIMIT = 1024 * 1024 + 1;
const SIZES = [1_000, 33_000, 130_000, 1_000_000];

/** Messages that take many packets, both ways, up to the app's limit and over it. */
export const bigMessages: Scenario = {
  name: 'big-messages',
  async play(stage) {
    const alice = await stage.connect('alice', { query: { onConnected: 'watch' } });
    const bob = await stage.connect('bob', { protocol: 'messagepack' });
    for (const actor of [alice, bob]) {
      stage.chapter(actor.name);
      for (const size of SIZES) {
        stage.note(`${size} up: ${await actor.connection.invoke('LengthOf', 'y'.repeat(size))}`);
        await stage.invoke(actor, 'Big', size);
        const echoed: unknown = await actor.connection.invoke('Echo', 'z'.repeat(size));
        stage.note(`${size} both ways: ${echoed === 'z'.repeat(size)}`);
      }
      await stage.invoke(actor, 'Big', 3_000_000);
      await stage.settle(actor);
    }
    stage.chapter('over the limit of the app');
    await bob.connection.send('LengthOf', 'y'.repeat(OVER_LIMIT));
    stage.note(`bob: closed with ${await bob.closed}`);
    await alice.called('disconnected');
    await stage.settle(alice);
  },
};
