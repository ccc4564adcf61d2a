import { Person } from '../person.ts';
import type { MatrixScenario } from './scenario.ts';

/** Streams down, up and both ways; completed, cancelled, failing. */
export const streams: MatrixScenario = {
  name: 'streams',
  async play(setting) {
    const ann = await Person.connect('ann', setting);
    const lines = [
      await ann.stream('count', [5]),
      await ann.stream('count', [0]),
      await ann.stream('breakAfter', [2]),
      await ann.stream('echo', ['no stream']),
      await ann.stream('doesNotExist', []),
      await ann.stream('count', []),
      await ann.stream('forever', ['ann'], 3),
    ];
    await ann.hears('got forever is over');
    lines.push(
      ...ann.told(),
      await ann.invoke('sum', { stream: [1, 2, 3] }),
      await ann.invoke('sum', { stream: [] }),
      await ann.invoke('sum', { stream: [1], error: 'broke off' }),
      await ann.invoke('first', { stream: [7, 8], isLeftOpen: true }),
      await ann.invoke('report', { stream: [1, 2] }, 'ann'),
      await ann.invoke('joined', { stream: ['a', 'b'] }),
      await ann.invoke('weave', 5),
      await ann.stream('twice', [{ stream: [1, 2, 3] }]),
      ...(await Promise.all([ann.stream('count', [3]), ann.stream('count', [4]), ann.invoke('add', 2, 2)])),
    );
    if (setting.client.hasSideBySideUploads) {
      lines.push(await ann.invoke('weave', { stream: ['a', 'b'] }, 5, { stream: [1, 2] }));
    }
    await ann.stop();
    return [...lines, ...ann.told()];
  },
};
