import type { Scenario } from './scenario.ts';
import { outcomeOf } from './stage.ts';

/** Hubs that ask clients. */
export const clientResults: Scenario = {
  name: 'client-results',
  onTwo: true,
  recordedOnTwo: 'any-server',
  async play(stage) {
    await stage.warmUpQuestions();
    const alice = await stage.connect('alice', { answer: (text) => `alice says ${text}` });
    const bob = await stage.connect('bob', { protocol: 'messagepack', answer });
    const mute = await stage.connect('mute');
    stage.chapter('answers');
    for (const asker of [alice, bob]) {
      await stage.invoke(asker, 'AskMe', 'yes');
      await stage.invoke(asker, 'Ask', alice.id, 'yes');
      await stage.invoke(asker, 'Ask', bob.id, 'yes');
      await stage.invoke(asker, 'Ask', bob.id, 'null');
      await stage.invoke(asker, 'AskNumber', bob.id, 'number');
    }
    await stage.settle(alice);
    stage.chapter('errors');
    await stage.invoke(alice, 'Ask', bob.id, 'throw');
    await stage.invoke(bob, 'Ask', bob.id, 'throw');
    await stage.invoke(alice, 'AskNumber', bob.id, 'text');
    await stage.invoke(alice, 'Ask', mute.id, 'yes');
    await stage.invoke(alice, 'Ask', 'nobody', 'yes');
    await stage.settle(alice);
    stage.chapter('several at once');
    const asked = ['one', 'two', 'three'].map((text) =>
      outcomeOf(`bob is asked ${text}`, alice.connection.invoke('Ask', bob.id, text)),
    );
    for (const outcome of await Promise.all(asked)) stage.note(outcome);
    await stage.settle(alice, 'any-order');
    stage.chapter('from outside a hub');
    await stage.post('/api/ask', { connectionId: alice.id, text: 'yes' });
    await stage.post('/api/ask', { connectionId: bob.id, text: 'throw' });
    await stage.post('/api/ask', { connectionId: 'nobody', text: 'yes' });
    await stage.settle(alice);
    stage.chapter('gone while it is asked');
    bob.connection.off('ask');
    bob.connection.on('ask', () => {
      bob.drop();
      return new Promise(() => undefined);
    });
    await stage.invoke(alice, 'Ask', bob.id, 'still there?');
    await stage.settle(alice);
  },
};

function answer(text: string): unknown {
  if (text === 'throw') throw new Error('The client cannot say.');
  if (text === 'null') return null;
  return text === 'number' ? 42 : `bob says ${text}`;
}
