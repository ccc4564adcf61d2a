import { WATCHER } from '../matrix-hub.ts';
import { outcome, Person, type Setting } from '../person.ts';
import type { MatrixScenario } from './scenario.ts';

/** Ends of connections: what the client says, and what the hub does. */
export const ends: MatrixScenario = {
  name: 'ends',
  async play(setting) {
    const watcher = await Person.connect(WATCHER, setting);
    const lines: string[] = [];
    for (const end of [aborted, abortedInMidCall, stoppedInMidCall, stoppedInMidStream, stoppedInMidUpload]) {
      lines.push(...(await end(setting, watcher)));
    }
    await watcher.stop();
    return lines;
  },
};

async function aborted(setting: Setting, watcher: Person): Promise<string[]> {
  const dan = await Person.connect('dan', setting);
  await outcome(dan.connection.send('leaveMe', ['farewell']));
  await dan.hears('closed');
  await dan.hears('got farewell');
  // .NET clients tell the two in any order.
  const seen = dan.told().sort().join(' | ');
  return [`aborted: ${seen}, ${await heardOf(watcher, 'dan has left')}`, `afterwards: ${await dan.invoke('who')}`];
}

async function abortedInMidCall(setting: Setting, watcher: Person): Promise<string[]> {
  const eve = await Person.connect('eve', setting);
  const waiting = eve.invoke('wait');
  const stream = eve.stream('leaveAfter', [2]);
  await eve.hears('closed');
  const seen = [...eve.told(), await waiting, await stream].join(' | ');
  return [`aborted in mid-call: ${seen}, ${await heardOf(watcher, 'eve has left')}`];
}

async function stoppedInMidCall(setting: Setting, watcher: Person): Promise<string[]> {
  const fay = await Person.connect('fay', setting);
  const waiting = fay.invoke('wait');
  // Streams wait for nobody: when this one has come, the call before it is under way.
  await fay.stream('count', [1]);
  await fay.stop();
  const seen = [await waiting, ...fay.told()].join(' | ');
  return [`stopped in mid-call: ${seen}, ${await heardOf(watcher, 'fay has left')}`];
}

async function stoppedInMidStream(setting: Setting, watcher: Person): Promise<string[]> {
  const gil = await Person.connect('gil', setting);
  const stream = gil.connection.stream('forever', [WATCHER]);
  // The hub reads in order: when it has answered this, the stream is under way.
  await gil.invoke('echo', 'fence');
  await gil.stop();
  // How far it came depends on time.
  const seen = [(await stream).end, ...gil.told()].join(' | ');
  const over = await heardOf(watcher, 'forever is over');
  return [`stopped in mid-stream: ${seen}, ${over}, ${await heardOf(watcher, 'gil has left')}`];
}

async function stoppedInMidUpload(setting: Setting, watcher: Person): Promise<string[]> {
  const hal = await Person.connect('hal', setting);
  const report = hal.invoke('report', { stream: [1, 2], isLeftOpen: true }, WATCHER);
  await watcher.hears('got item 2');
  // Nor is the client busy with an item: @microsoft/signalr lets that fail where nobody can catch it.
  await hal.invoke('echo', 'fence');
  await hal.stop();
  const seen = [await report, ...hal.told()].join(' | ');
  const over = await heardOf(watcher, 'the upload');
  return [`stopped in mid-upload: ${seen}, ${over}, ${await heardOf(watcher, 'hal has left')}`];
}

/** What the hub told the watcher about it. */
async function heardOf(watcher: Person, what: string): Promise<string> {
  const line = await watcher.hears(`got ${what}`);
  return `hub: ${line.slice('got '.length)}`;
}
