import type { Actor } from './actor.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

interface Cast {
  readonly alice: Actor;
  readonly bob: Actor;
  readonly carol: Actor;
  readonly dave: Actor;
}

/** Two of one user, two hub protocols, one without a user. */
async function castOf(stage: Stage): Promise<Cast> {
  return {
    alice: await stage.connect('alice', { query: { user: 'ann' } }),
    bob: await stage.connect('bob', { query: { user: 'bob' }, protocol: 'messagepack' }),
    carol: await stage.connect('carol', { query: { user: 'ann' }, protocol: 'messagepack' }),
    dave: await stage.connect('dave'),
  };
}

interface Sending {
  readonly to: string;
  readonly names?: readonly string[];
  readonly except?: readonly string[];
}

async function send(stage: Stage, sender: Actor, sending: Sending): Promise<void> {
  const { to, names = [], except = [] } = sending;
  const text = `${to} by ${sender.name}`;
  await stage.invoke(sender, 'Send', ...argument(sender, { to, names, except, text }));
  await stage.settle(sender);
}

/** MessagePack keeps the names of C#. */
function argument(sender: Actor, { to, names, except, text }: Record<string, unknown>): unknown[] {
  const isMessagePack = sender.protocol === 'messagepack';
  return [isMessagePack ? { To: to, Names: names, Except: except, Text: text } : { to, names, except, text }];
}

/** Sends to connections and users, with and without exceptions. */
export const sends: Scenario = {
  name: 'sends',
  onTwo: true,
  async play(stage) {
    const { alice, bob, carol, dave } = await castOf(stage);
    stage.chapter('everybody');
    for (const sender of [alice, bob]) {
      await send(stage, sender, { to: 'caller' });
      await send(stage, sender, { to: 'others' });
      await send(stage, sender, { to: 'all' });
      await send(stage, sender, { to: 'allExcept', except: [alice.id, dave.id] });
      await send(stage, sender, { to: 'allExcept', except: [] });
    }
    stage.chapter('connections');
    await send(stage, alice, { to: 'client', names: [bob.id] });
    await send(stage, bob, { to: 'client', names: [bob.id] });
    await send(stage, alice, { to: 'client', names: ['nobody'] });
    await send(stage, alice, { to: 'clients', names: [alice.id, bob.id, bob.id, 'nobody', dave.id] });
    await send(stage, bob, { to: 'clients', names: [] });
    stage.chapter('users');
    await send(stage, alice, { to: 'user', names: ['ann'] });
    await send(stage, dave, { to: 'user', names: ['bob'] });
    await send(stage, dave, { to: 'user', names: ['Ann'] });
    await send(stage, bob, { to: 'users', names: ['ann', 'bob', 'ann', 'nobody'] });
    await send(stage, bob, { to: 'users', names: [] });
    stage.chapter('order');
    const [many] = argument(alice, { to: 'all', names: [], except: [], text: 'many' });
    await stage.invoke(alice, 'SendMany', many, 20);
    await stage.settle(alice);
    await carol.stop();
    await send(stage, alice, { to: 'user', names: ['ann'] });
  },
};

/** Joins, leaves and sends to groups. */
export const groups: Scenario = {
  name: 'groups',
  onTwo: true,
  recordedOnTwo: 'sticky',
  async play(stage) {
    const { alice, bob, carol, dave } = await castOf(stage);
    stage.chapter('members');
    await stage.invoke(alice, 'Join', 'tea');
    await stage.invoke(bob, 'Join', 'tea');
    await stage.invoke(bob, 'Join', 'tea');
    await stage.invoke(carol, 'Join', 'cake');
    await stage.invoke(alice, 'JoinFor', dave.id, 'tea');
    await stage.invoke(alice, 'JoinFor', dave.id, 'cake');
    await stage.invoke(alice, 'JoinFor', 'nobody', 'cake');
    await send(stage, alice, { to: 'group', names: ['tea'] });
    await send(stage, carol, { to: 'group', names: ['tea'] });
    await send(stage, alice, { to: 'group', names: ['Tea'] });
    await send(stage, alice, { to: 'group', names: ['nothing there'] });
    await send(stage, bob, { to: 'group', names: ['cake'] });
    stage.chapter('exceptions');
    await send(stage, alice, { to: 'groupExcept', names: ['tea'], except: [bob.id] });
    await send(stage, bob, { to: 'groupExcept', names: ['tea'], except: [] });
    await send(stage, bob, { to: 'othersInGroup', names: ['tea'] });
    await send(stage, carol, { to: 'othersInGroup', names: ['tea'] });
    stage.chapter('several');
    await send(stage, alice, { to: 'groups', names: ['tea', 'cake', 'nothing there'] });
    await send(stage, bob, { to: 'groups', names: [] });
    stage.chapter('leaving');
    await stage.invoke(bob, 'Leave', 'tea');
    await stage.invoke(bob, 'Leave', 'tea');
    await stage.invoke(carol, 'Leave', 'never joined');
    await stage.invoke(alice, 'LeaveFor', dave.id, 'tea');
    await stage.invoke(alice, 'LeaveFor', 'nobody', 'tea');
    await send(stage, alice, { to: 'group', names: ['tea'] });
    await stage.invoke(bob, 'JoinSayLeaveSay', 'an épée / & ?');
    await stage.settle(bob);
    await dave.stop();
    await send(stage, alice, { to: 'group', names: ['cake'] });
  },
};
