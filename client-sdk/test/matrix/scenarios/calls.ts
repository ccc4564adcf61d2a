import { Person } from '../person.ts';
import type { MatrixScenario } from './scenario.ts';

/** What hub methods answer, and the errors (client-protocol 3.5). */
export const calls: MatrixScenario = {
  name: 'calls',
  async play(setting) {
    const ann = await Person.connect('ann', setting);
    const lines = [
      await ann.invoke('echo', 'plain'),
      await ann.invoke('Echo', 'é <b>&\n"quoted" 😀'),
      await ann.invoke('echo', ''),
      await ann.invoke('add', 1, 2),
      await ann.invoke('add', -2_147_483_647, 65_536),
      await ann.invoke('nothing'),
      await ann.invoke('fail'),
      await ann.invoke('failLoudly'),
      await ann.invoke('doesNotExist'),
      await ann.invoke('onConnectedAsync'),
      await ann.invoke('add', 1),
      await ann.invoke('add', 1, 2, 3),
      await ann.invoke('add', 1, 'two'),
      await ann.invoke('count', 3),
    ];
    await ann.connection.send('sendTo', ['caller', [], 'sent']);
    await ann.hears('got sent');
    // Nobody waits for these: a failure stays on the server.
    for (const method of ['fail', 'failLoudly', 'doesNotExist']) await ann.connection.send(method, []);
    lines.push(...ann.told(), await ann.invoke('echo', 'still there'));
    await ann.stop();
    return [...lines, ...ann.told()];
  },
};
