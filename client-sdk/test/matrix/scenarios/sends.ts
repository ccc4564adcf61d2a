import { Person } from '../person.ts';
import type { MatrixScenario } from './scenario.ts';

/** Each way to address clients, with who is named. */
const SENDS: readonly (readonly [target: string, names: readonly string[]])[] = [
  ['all', []],
  ['allExcept', ['bob']],
  ['allExcept', ['bob', 'nobody']],
  ['caller', []],
  ['others', []],
  ['client', ['bob']],
  ['client', ['nobody']],
  ['clients', ['bob', 'cid', 'nobody']],
  ['group', ['g1']],
  ['group', ['empty']],
  ['groups', ['g1', 'g2']],
  ['groupExcept', ['g1', 'bob']],
  ['othersInGroup', ['g1']],
  ['user', ['bob']],
  ['user', ['nobody']],
  ['users', ['bob', 'cid']],
];

/** All sends, and who hears what. */
export const sends: MatrixScenario = {
  name: 'sends',
  async play(setting) {
    const ann = await Person.connect('ann', setting);
    const bob = await Person.connect('bob', setting);
    const cid = await Person.connect('cid', setting);
    const people = [ann, bob, cid];
    const sent = async (target: string, names: readonly string[], text: string) => {
      const lines = [await ann.invoke('sendTo', target, names, text)];
      // Everybody's fence: what was sent before it has arrived before it.
      await ann.invoke('sendTo', 'all', [], 'fence');
      for (const person of people) {
        await person.hears('got fence');
        lines.push(`${person.name}: ${person.told().join(' | ')}`);
      }
      return lines;
    };
    const lines = [
      await ann.invoke('join', 'g1'),
      await bob.invoke('join', 'g1'),
      await bob.invoke('join', 'g2'),
      await cid.invoke('join', 'g2'),
      await cid.invoke('join', 'g2'),
    ];
    for (const [target, names] of SENDS) {
      lines.push(...(await sent(target, names, `to ${[target, ...names].join(' ')}`)));
    }
    lines.push(await bob.invoke('leave', 'g1'), await bob.invoke('leave', 'g1'));
    lines.push(...(await sent('group', ['g1'], 'to g1 without bob')));
    for (const person of people) await person.stop();
    return [...lines, ...people.flatMap((person) => person.told().map((line) => `${person.name}: ${line}`))];
  },
};
