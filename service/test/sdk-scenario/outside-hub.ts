import type { Actor } from './actor.ts';
import type { Scenario } from './scenario.ts';

/** Sends, joins and leaves of an app that are no part of a hub call. */
export const outsideHub: Scenario = {
  name: 'outside-hub',
  onTwo: true,
  async play(stage) {
    const alice = await stage.connect('alice', { query: { user: 'ann' } });
    const bob = await stage.connect('bob', { protocol: 'messagepack' });
    const both = [alice, bob];
    const send = async (
      to: string,
      receivers: readonly Actor[],
      names: readonly string[] = [],
      except: readonly string[] = [],
    ) => {
      await stage.post('/api/send', { to, names, except, text: to });
      // They may take another way than what a client's call causes.
      for (const receiver of receivers) await receiver.called('received');
      await stage.settle(alice);
    };
    await send('all', both);
    await send('allExcept', [bob], [], [alice.id]);
    await send('client', [bob], [bob.id]);
    await send('clients', both, [alice.id, bob.id]);
    await send('user', [alice], ['ann']);
    await send('users', [alice], ['ann', 'nobody']);
    stage.chapter('groups');
    await stage.post('/api/join', { connectionId: alice.id, group: 'tea' });
    await stage.post('/api/join', { connectionId: bob.id, group: 'tea' });
    await stage.post('/api/join', { connectionId: 'nobody', group: 'tea' });
    await send('group', both, ['tea']);
    await send('groupExcept', [alice], ['tea'], [bob.id]);
    await send('groups', both, ['tea', 'nothing there']);
    await stage.post('/api/leave', { connectionId: bob.id, group: 'tea' });
    await stage.post('/api/leave', { connectionId: 'nobody', group: 'tea' });
    await send('group', [alice], ['tea']);
  },
};
