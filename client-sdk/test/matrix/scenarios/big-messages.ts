import { Person } from '../person.ts';
import type { MatrixScenario } from './scenario.ts';

/** No two parts of it are the same. */
const NUMBERS = Array.from({ length: 200_000 }, (_, index) => index).join();
/** With what is around it, less than the service takes in one POST (service-protocol 12.6). */
const BIG = NUMBERS.slice(0, 1_000_000);
const WIDE = BIG.slice(0, 300_000).replaceAll(',', '€');
/** .NET clients put all that waits into one POST. */
const HALVES = [BIG.slice(0, 500_000), 'small', BIG.slice(500_000)];

/** Messages of many packets, both ways. */
export const bigMessages: MatrixScenario = {
  name: 'big messages',
  async play(setting) {
    const ann = await Person.connect('ann', setting);
    const lines = [
      await ann.invoke('echo', BIG),
      await ann.invoke('echo', WIDE),
      await ann.invoke('joined', { stream: HALVES }),
      await ann.invoke('sendTo', 'caller', [], BIG),
    ];
    await ann.hears('got 0,1,2');
    lines.push(...ann.told(), await ann.invoke('echo', 'small again'));
    await ann.stop();
    return [...lines, ...ann.told()];
  },
};
