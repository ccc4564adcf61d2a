import type { Actor } from './actor.ts';
import type { Scenario } from './scenario.ts';
import { outcomeOf, type Stage } from './stage.ts';

const ITEM = {
  text: 'tëxt <b>&"\'\\ 🎉',
  whole: -70_000,
  fraction: 0.1,
  flag: true,
  nothing: null,
  list: ['a', ''],
  map: { one: 1, two: 2 },
};

/** Calls with results, without, with errors, in both hub protocols. */
export const invocations: Scenario = {
  name: 'invocations',
  async play(stage) {
    const alice = await stage.connect('alice');
    const bob = await stage.connect('bob', { protocol: 'messagepack' });
    for (const actor of [alice, bob]) {
      stage.chapter(`values, ${actor.name}`);
      await values(stage, actor);
      stage.chapter(`errors, ${actor.name}`);
      await errors(stage, actor);
      stage.chapter(`order, ${actor.name}`);
      await order(stage, actor);
    }
    stage.chapter('objects');
    await stage.invoke(alice, 'EchoItem', { ...ITEM, bytes: 'AQID' });
    await stage.invoke(bob, 'EchoItem', pascalCase({ ...ITEM, bytes: Uint8Array.of(1, 2, 3) }));
    await stage.invoke(alice, 'SendItem', { ...ITEM, bytes: '' });
    await stage.settle(alice);
  },
};

/** MessagePack keeps the names of C#. */
function pascalCase(item: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, value]),
  );
}

async function values(stage: Stage, actor: Actor): Promise<void> {
  await stage.invoke(actor, 'Echo', 'hello');
  await stage.invoke(actor, 'Echo', ITEM.text);
  await stage.invoke(actor, 'Echo', '');
  await stage.invoke(actor, 'Echo', null);
  await stage.invoke(actor, 'eCHO', 'any case');
  await stage.invoke(actor, 'Add', 40, 2);
  await stage.invoke(actor, 'Nothing');
  await stage.invoke(actor, 'NothingLater');
  await stage.invoke(actor, 'Null');
  await stage.invoke(actor, 'CountCalls');
  await stage.invoke(actor, 'CountCalls');
  await stage.settle(actor);
}

async function errors(stage: Stage, actor: Actor): Promise<void> {
  await stage.invoke(actor, 'Throw');
  await stage.invoke(actor, 'ThrowHub', 'A reason for clients.');
  await stage.invoke(actor, 'DoesNotExist');
  await stage.invoke(actor, 'Add', 1);
  await stage.invoke(actor, 'Add', 'one', 'two');
  await stage.invoke(actor, 'Count', 3);
  await stage.invoke(actor, 'OnConnectedAsync');
  await stage.settle(actor);
}

async function order(stage: Stage, actor: Actor): Promise<void> {
  await actor.connection.send('Echo', 'nobody waits');
  await actor.connection.send('Throw');
  const calls = [1, 2, 3, 4, 5].map((number) =>
    outcomeOf(`${actor.name}: Echo ${number}`, actor.connection.invoke('Echo', `${number}`)),
  );
  for (const outcome of await Promise.all(calls)) stage.note(outcome);
  await stage.settle(actor);
}
