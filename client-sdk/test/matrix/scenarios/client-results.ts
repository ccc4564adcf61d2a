import { Person } from '../person.ts';
import type { MatrixScenario } from './scenario.ts';

/** The hub asks clients. */
export const clientResults: MatrixScenario = {
  name: 'client results',
  async play(setting) {
    const asker = await Person.connect('ann', setting, 'value');
    const lines = [
      `oneself: ${await asker.invoke('ask', 'ann', 'Ready')}`,
      `nobody: ${await asker.invoke('ask', 'nobody', 'Ready')}`,
    ];
    for (const answer of ['value', 'throws', 'none'] as const) {
      const name = `answers-${answer}`;
      const answerer = await Person.connect(name, setting, answer);
      lines.push(`${answer}: ${await asker.invoke('ask', name, 'Ready')}`);
      await answerer.stop();
    }
    const thinker = await Person.connect('answers-never', setting, 'never');
    const answer = asker.invoke('ask', 'answers-never', 'Ready');
    await thinker.hears('asked Ready');
    lines.push(`meanwhile: ${await asker.invoke('echo', 'others need not wait')}`);
    await thinker.stop();
    lines.push(`leaves: ${await answer}`);
    await asker.stop();
    return [...lines, ...asker.told()];
  },
};
