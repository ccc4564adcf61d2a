// The one list that every client plays, over every transport, against every hub. A scenario gives lines of what its
// people saw; they must not depend on time.

import { outcome, Person, type Setting } from './person.ts';

export interface MatrixScenario {
  readonly name: string;
  play(setting: Setting): Promise<string[]>;
}

const BIG = 'x'.repeat(900_000);
const BURST = 300;

const calls: MatrixScenario = {
  name: 'calls',
  async play(setting) {
    const ann = await Person.connect('ann', setting);
    const lines = [
      await ann.invoke('who'),
      await ann.invoke('echo', 'plain'),
      await ann.invoke('Echo', 'é <b>&\n"quoted" 😀'),
      await ann.invoke('add', 1, 2),
      await ann.invoke('nothing'),
      await ann.invoke('fail'),
      await ann.invoke('failLoudly'),
      await ann.invoke('doesNotExist'),
      await ann.invoke('add', 1),
      await ann.invoke('count', 3),
    ];
    await ann.connection.send('sendTo', ['caller', [], 'sent']);
    await ann.hears('got sent');
    const results = await Promise.all(
      Array.from({ length: BURST }, (_, index) => ann.connection.invoke('add', [index, 0])),
    );
    lines.push(
      `${BURST} calls at once: ${results.every((result, index) => result === index) ? 'each its own result' : results}`,
    );
    await ann.stop();
    return [...lines, ...ann.told()];
  },
};

/** Each way to address clients, with who is named. */
const SENDS: readonly (readonly [string, readonly string[]])[] = [
  ['all', []],
  ['allExcept', ['bob']],
  ['caller', []],
  ['others', []],
  ['client', ['bob']],
  ['clients', ['bob', 'cid', 'nobody']],
  ['group', ['g1']],
  ['groups', ['g1', 'g2']],
  ['groupExcept', ['g1', 'bob']],
  ['othersInGroup', ['g1']],
  ['user', ['bob']],
  ['users', ['bob', 'cid']],
  ['group', ['empty']],
];

const sends: MatrixScenario = {
  name: 'sends',
  async play(setting) {
    const people = [
      await Person.connect('ann', setting),
      await Person.connect('bob', setting),
      await Person.connect('cid', setting),
    ] as const;
    const [ann, bob, cid] = people;
    const lines = [
      await ann.invoke('join', 'g1'),
      await bob.invoke('join', 'g1'),
      await bob.invoke('join', 'g2'),
      await cid.invoke('join', 'g2'),
    ];
    for (const [target, names] of [...SENDS, ['left', []] as const]) {
      if (target === 'left')
        lines.push(await bob.invoke('leave', 'g1'), await ann.invoke('sendTo', 'group', ['g1'], 'left'));
      else lines.push(await ann.invoke('sendTo', target, names, `to ${target} ${names.join(' ')}`));
      // Everybody's fence: what was sent before it has arrived before it.
      await ann.invoke('sendTo', 'all', [], 'fence');
      for (const person of people) {
        await person.hears('got fence');
        lines.push(`${person.name}: ${person.told().join(' | ')}`);
      }
    }
    for (const person of people) await person.stop();
    return [...lines, ...people.flatMap((person) => person.told().map((line) => `${person.name}: ${line}`))];
  },
};

const streams: MatrixScenario = {
  name: 'streams',
  async play(setting) {
    const ann = await Person.connect('ann', setting);
    const lines = [
      await ann.stream('count', [5]),
      await ann.stream('count', [0]),
      await ann.stream('breakAfter', [2]),
      await ann.stream('echo', ['no stream']),
      await ann.stream('doesNotExist', []),
      await ann.stream('forever', [], 3),
      await ann.invoke('sum', { stream: [1, 2, 3] }),
      await ann.invoke('sum', { stream: [] }),
      await ann.invoke('sum', { stream: [1], error: 'broke off' }),
      await ann.invoke('weave', { stream: ['a', 'b'] }, 5, { stream: [1, 2] }),
      await ann.invoke('weave', 5),
      await ann.stream('twice', [{ stream: [1, 2, 3] }]),
      await ann.invoke('add', 2, 2),
    ];
    await ann.stop();
    return [...lines, ...ann.told()];
  },
};

const clientResults: MatrixScenario = {
  name: 'client results',
  async play(setting) {
    const asker = await Person.connect('ann', setting);
    const lines: string[] = [];
    for (const answer of ['value', 'throws', 'none'] as const) {
      const name = `answers-${answer}`;
      const answerer = await Person.connect(name, setting, answer);
      // Some app servers may miss the very first answer of a process when it is quick.
      await outcome(asker.connection.invoke('ask', [name, 'warm']));
      lines.push(`${answer}: ${await asker.invoke('ask', name, 'Ready')}`);
      await answerer.stop();
    }
    await asker.stop();
    return lines;
  },
};

const bigAndMany: MatrixScenario = {
  name: 'big messages and bursts',
  async play(setting) {
    const ann = await Person.connect('ann', setting);
    const lines = [await ann.invoke('echo', BIG), await ann.invoke('sendTo', 'caller', [], BIG)];
    await ann.hears('got xxx');
    lines.push(...ann.told(), await ann.invoke('sendMany', BURST));
    await ann.hears(`numbered ${BURST - 1}`);
    const numbered = ann.told();
    const isInOrder = numbered.length === BURST && numbered.every((line, index) => line === `numbered ${index}`);
    lines.push(`${BURST} messages: ${isInOrder ? 'in order' : numbered.join(' | ')}`);
    await ann.stop();
    return [...lines, ...ann.told()];
  },
};

const ends: MatrixScenario = {
  name: 'ends',
  async play(setting) {
    const lines: string[] = [];
    const aborted = await Person.connect('ann', setting);
    await outcome(aborted.connection.send('leaveMe', []));
    await aborted.hears('closed');
    lines.push(`aborted: ${aborted.told().join(' | ')}`, `afterwards: ${await aborted.invoke('who')}`);
    const stopped = await Person.connect('bob', setting);
    const waiting = stopped.invoke('wait');
    // Streams wait for nobody: when this one has come, the call before it is under way.
    lines.push(await stopped.stream('count', [1]));
    await stopped.stop();
    lines.push(`in mid-call: ${await waiting}`, ...stopped.told());
    return lines;
  },
};

export const SCENARIOS: readonly MatrixScenario[] = [calls, sends, streams, clientResults, bigAndMany, ends];
