import { Person } from '../person.ts';
import type { MatrixScenario } from './scenario.ts';

/** Who is who to the hub: ids differ each time, so only what holds of them is told. */
export const identity: MatrixScenario = {
  name: 'identity',
  async play(setting) {
    const first = await Person.connect('ann', setting);
    const second = await Person.connect('ann', setting);
    const lines: string[] = [];
    for (const [person, other] of [
      [first, second],
      [second, first],
    ] as const) {
      lines.push(
        await person.invoke('who'),
        `its own id: ${await person.invoke('isMe', person.connection.id)}`,
        `the other's id: ${await person.invoke('isMe', other.connection.id)}`,
        await person.invoke('sendTo', 'user', ['ann'], 'to the user'),
        await person.invoke('sendTo', 'others', [], 'to others'),
      );
      for (const each of [person, other]) {
        await each.connection.invoke('sendTo', ['caller', [], 'fence']);
        await each.hears('got fence');
      }
      lines.push(`it: ${person.told().join(' | ')}`, `the other: ${other.told().join(' | ')}`);
    }
    await first.stop();
    // Groups and users forget who is gone.
    lines.push(await second.invoke('sendTo', 'user', ['ann'], 'to who is left'));
    await second.hears('got to who is left');
    await second.stop();
    return [...lines, ...first.told(), ...second.told()];
  },
};
