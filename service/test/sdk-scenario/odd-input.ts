import type { Actor } from './actor.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

const RS = '\x1e';
const HANDSHAKE = `{"protocol":"json","version":1}${RS}`;
const echo = (text: string, id: string) =>
  `{"type":1,"invocationId":"${id}","target":"Echo","arguments":["${text}"]}${RS}`;

/** What breaks off a connection, after the handshake. */
const BREAKING: readonly (readonly [name: string, text: string])[] = [
  ['no JSON', `garbage${RS}`],
  ['an array', `[]${RS}`],
  ['no type', `{}${RS}`],
  ['an empty message', RS],
  ['no target', `{"type":1,"arguments":[]}${RS}`],
  ['id is a number', `{"type":1,"target":"Echo","invocationId":1,"arguments":["h"]}${RS}`],
  ['result and error', `{"type":3,"invocationId":"1","result":1,"error":"x"}${RS}`],
  ['close', `{"type":7}${RS}`],
  ['close with an error', `{"type":7,"error":"I go."}${RS}`],
];

/** Handshakes that are refused. */
const REFUSED: readonly (readonly [name: string, text: string])[] = [
  ['unknown protocol', `{"protocol":"nope","version":1}${RS}`],
  ['version 3', `{"protocol":"json","version":3}${RS}`],
  ['version 3 of MessagePack', `{"protocol":"messagepack","version":3}${RS}`],
  ['no version', `{"protocol":"json"}${RS}`],
  ['no object', `[]${RS}`],
  ['no JSON at all', `nonsense${RS}`],
];

/** Clients that do not keep to the protocol, or that cut and join their bytes as they may. */
export const oddInput: Scenario = {
  name: 'odd-input',
  async play(stage) {
    const watcher = await stage.connect('watcher', { query: { onConnected: 'watch' } });
    for (const [name, text] of REFUSED) await refused(stage, name, text);
    for (const [name, text] of BREAKING) await broken(stage, watcher, name, text);
    await messagePack(stage, watcher);
    await cutting(stage);
    await watcher.called('disconnected');
    await stage.settle(watcher);
  },
};

async function refused(stage: Stage, name: string, text: string): Promise<void> {
  stage.chapter(`handshake: ${name}`);
  const raw = await stage.connectRaw('raw');
  raw.send(text);
  await raw.closed();
  stage.tell();
}

async function broken(stage: Stage, watcher: Actor, name: string, text: string): Promise<void> {
  stage.chapter(`message: ${name}`);
  const raw = await stage.connectRaw('raw');
  raw.send(HANDSHAKE);
  await raw.got('{}');
  raw.send(text);
  await raw.closed();
  await watcher.called('disconnected');
  await stage.settle(watcher);
}

async function messagePack(stage: Stage, watcher: Actor): Promise<void> {
  stage.chapter('MessagePack: no array');
  const raw = await stage.connectRaw('raw', { protocol: 'messagepack' });
  raw.send(`{"protocol":"messagepack","version":1}${RS}`);
  await raw.got('{}');
  raw.send(Uint8Array.of(3, 1, 2, 3));
  await raw.closed();
  await watcher.called('disconnected');
  await stage.settle(watcher);
}

async function cutting(stage: Stage): Promise<void> {
  stage.chapter('cut and joined');
  const raw = await stage.connectRaw('raw');
  raw.send(`${HANDSHAKE}${echo('with the handshake', '1')}`);
  await raw.got('with the handshake');
  raw.send(`${echo('two', '2')}${echo('three', '3')}`);
  await raw.got('three');
  const cut = Buffer.from(echo('cut in the middle of é', '4'));
  const middle = cut.indexOf(0xc3) + 1;
  raw.send(cut.subarray(0, middle));
  raw.send(cut.subarray(middle));
  await raw.got('cut in the middle');
  raw.send('');
  raw.send(`{"type":3,"invocationId":"unknown","result":1}${RS}{"type":5,"invocationId":"unknown"}${RS}`);
  raw.send(
    `{"type":1,"headers":{"a":"b"},"foo":[1],"target":"Echo","invocationId":"5","arguments":["more than needed"]}${RS}`,
  );
  await raw.got('more than needed');
  stage.tell();
  await raw.stop();
}
