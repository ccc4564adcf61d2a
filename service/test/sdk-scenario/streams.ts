import { Subject } from '@microsoft/signalr';
import type { Actor } from './actor.ts';
import type { Scenario } from './scenario.ts';
import { outcomeOf, type Stage } from './stage.ts';
import { within } from './within.ts';

/** Streams in both directions, ended, failed and cancelled. */
export const streams: Scenario = {
  name: 'streams',
  onTwo: true,
  async play(stage) {
    const alice = await stage.connect('alice', { query: { onConnected: 'watch' } });
    const bob = await stage.connect('bob', { protocol: 'messagepack' });
    for (const actor of [alice, bob]) {
      stage.chapter(`down, ${actor.name}`);
      await down(stage, actor);
      stage.chapter(`up, ${actor.name}`);
      await up(stage, actor);
      stage.chapter(`cancelled, ${actor.name}`);
      await cancelled(stage, actor);
      await alice.called('streamEnded');
      await stage.settle(alice, 'any-order');
    }
    stage.chapter('the client is gone');
    const ended = firstItems(bob, 3);
    await ended.came;
    await bob.stop();
    await alice.called('streamEnded');
    await alice.called('disconnected');
    await stage.settle(alice, 'any-order');
  },
};

async function down(stage: Stage, actor: Actor): Promise<void> {
  stage.note(await streamed(actor, 'Count', 5));
  stage.note(await streamed(actor, 'Count', 0));
  stage.note(await streamed(actor, 'CountChannel', 7));
  stage.note(await streamed(actor, 'CountThenThrow', 2));
  stage.note(await streamed(actor, 'CountThenThrowHub', 2));
  stage.note(await streamed(actor, 'NoStream'));
  stage.note(await streamed(actor, 'Echo', 'no stream'));
  stage.note(await streamed(actor, 'DoesNotExist'));
  await stage.settle(actor);
}

async function up(stage: Stage, actor: Actor): Promise<void> {
  await upload(stage, actor, 'Sum', [1, 2, 3]);
  await upload(stage, actor, 'Sum', []);
  await upload(stage, actor, 'First', [7, 8, 9]);
  await upload(stage, actor, 'Sum', ['no number']);
  const texts = new Subject<string>();
  const numbers = new Subject<number>();
  const both = outcomeOf(`${actor.name}: Concat`, actor.connection.invoke('Concat', texts, '+', numbers));
  numbers.next(1);
  texts.next('a');
  numbers.next(2);
  texts.next('b');
  texts.complete();
  numbers.complete();
  stage.note(await both);
  const broken = new Subject<number>();
  const failed = outcomeOf(`${actor.name}: Sum of a broken stream`, actor.connection.invoke('Sum', broken));
  broken.next(1);
  broken.error(new Error('The client broke off.'));
  stage.note(await failed);
  const scaled = new Subject<number>();
  const scale = streamed(actor, 'Scale', scaled, 3);
  for (const number of [1, 2, 3]) scaled.next(number);
  scaled.complete();
  stage.note(await scale);
  await stage.settle(actor);
}

async function upload(stage: Stage, actor: Actor, method: string, items: readonly unknown[]): Promise<void> {
  const subject = new Subject<unknown>();
  const call = `${actor.name}: ${method} of ${JSON.stringify(items)}`;
  const outcome = outcomeOf(call, actor.connection.invoke(method, subject));
  for (const item of items) subject.next(item);
  subject.complete();
  stage.note(await outcome);
}

async function cancelled(stage: Stage, actor: Actor): Promise<void> {
  const { came, cancel } = firstItems(actor, 3);
  stage.note(`${actor.name}: the first items are ${JSON.stringify(await within('items', came))}`);
  cancel();
  await actor.saw(actor.protocol === 'json' ? '{"type":3' : '[3,');
}

/** The first items of a stream that does not end by itself. */
function firstItems(actor: Actor, count: number): { came: Promise<unknown[]>; cancel: () => void } {
  const items: unknown[] = [];
  let cancel: () => void = () => undefined;
  const came = new Promise<unknown[]>((resolve, reject) => {
    const subscription = actor.connection.stream('CountUntilCancelled').subscribe({
      next: (item) => {
        items.push(item);
        if (items.length === count) resolve(items);
      },
      error: reject,
      complete: () => undefined,
    });
    cancel = () => subscription.dispose();
  });
  return { came, cancel: () => cancel() };
}

/** A whole stream as a line. */
function streamed(actor: Actor, method: string, ...args: readonly unknown[]): Promise<string> {
  const items: unknown[] = [];
  const call = `${actor.name}: stream ${method}`;
  const ended = new Promise<string>((resolve) => {
    actor.connection.stream(method, ...args).subscribe({
      next: (item) => items.push(item),
      error: (error) => resolve(`${call} = ${JSON.stringify(items)}, then fails: ${String(error)}`),
      complete: () => resolve(`${call} = ${JSON.stringify(items)}`),
    });
  });
  return within(call, ended);
}
