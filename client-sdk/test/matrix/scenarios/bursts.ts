import { Person } from '../person.ts';
import type { MatrixScenario } from './scenario.ts';

const INDEXES = Array.from({ length: 300 }, (_, index) => index);

/** Many messages at once keep their order, in both directions. */
export const bursts: MatrixScenario = {
  name: 'bursts',
  async play(setting) {
    const ann = await Person.connect('ann', setting);
    const sendMany = await ann.invoke('sendMany', INDEXES.length);
    await ann.hears(`numbered ${INDEXES.at(-1)}`);
    const heard = ann.told().map((line) => line.replace('numbered ', ''));
    await Promise.all(INDEXES.map((index) => ann.connection.send('note', [index])));
    const noted = String(await ann.connection.invoke('noted', [])).split(',');
    const results = await Promise.all(INDEXES.map((index) => ann.connection.invoke('add', [index, 0])));
    await ann.stop();
    return [
      sendMany,
      `messages of the hub: ${orderOf(heard)}`,
      `messages to the hub: ${orderOf(noted)}`,
      `results: ${orderOf(results.map(String))}`,
      ...ann.told(),
    ];
  },
};

function orderOf(seen: readonly string[]): string {
  return seen.join() === INDEXES.join() ? `all ${INDEXES.length}, in order` : seen.join();
}
