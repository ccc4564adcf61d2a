import type { Actor } from '../../../service/test/sdk-scenario/actor.ts';
import type { Scenario } from '../../../service/test/sdk-scenario/scenario.ts';
import type { Stage } from '../../../service/test/sdk-scenario/stage.ts';

const CHAT = ['userJoined', 'userLeft', 'messageReceived', 'systemMessage', 'directReceived'];

/** Two people on the chat, and somebody who wants notifications. */
export const chat: Scenario = {
  name: 'chat',
  async play(stage) {
    for (const path of ['/', '/chat.js', '/signalr.js']) await stage.page(path);
    const ann = await stage.connect('ann', { targets: CHAT });
    const bob = await stage.connect('bob', { targets: CHAT });
    stage.chapter('names');
    await stage.invoke(ann, 'SendToAll', 'too early');
    await stage.invoke(ann, 'Register', 'Ann');
    await bob.called('userJoined');
    await stage.invoke(bob, 'Register', 'ann');
    await stage.invoke(bob, 'Register', 'Bob');
    await ann.called('userJoined');
    stage.tell();
    stage.chapter('everybody');
    await stage.invoke(ann, 'SendToAll', 'Hello <b>all</b>');
    await heard(stage, 'messageReceived', ann, bob);
    await rooms(stage, ann, bob);
    stage.chapter('direct');
    await stage.invoke(ann, 'SendDirect', 'Bob', 'Between us');
    await heard(stage, 'directReceived', ann, bob);
    await stage.invoke(bob, 'SendDirect', 'Carol', 'Are you here?');
    stage.tell();
    stage.chapter('leaving');
    await stage.invoke(bob, 'JoinRoom', 'tea');
    await heard(stage, 'systemMessage', ann, bob);
    await bob.stop();
    await ann.called('systemMessage');
    await heard(stage, 'userLeft', ann);
    await notifications(stage);
  },
};

async function rooms(stage: Stage, ann: Actor, bob: Actor): Promise<void> {
  stage.chapter('rooms');
  await stage.invoke(ann, 'JoinRoom', 'tea');
  await heard(stage, 'systemMessage', ann);
  await stage.invoke(bob, 'SendToRoom', 'tea', 'May I?');
  await stage.invoke(bob, 'JoinRoom', 'tea');
  await heard(stage, 'systemMessage', ann, bob);
  await stage.invoke(bob, 'SendToRoom', 'tea', 'With milk?');
  await heard(stage, 'messageReceived', ann, bob);
  await stage.invoke(bob, 'LeaveRoom', 'tea');
  await heard(stage, 'systemMessage', ann);
}

async function notifications(stage: Stage): Promise<void> {
  stage.chapter('notifications');
  const reader = await stage.connect('reader', { hubPath: '/notifications', targets: ['notified'] });
  await stage.invoke(reader, 'Subscribe', 'news');
  await stage.post('/api/notify', { topic: 'weather', title: 'Rain', text: 'All day' });
  await stage.post('/api/notify', { topic: 'news', title: 'Headline', text: 'It works' });
  await heard(stage, 'notified', reader);
  await stage.post('/api/notify', { topic: '', title: 'Nothing', text: '' });
}

/** Waits until the app has called a method of each, then tells what came. */
async function heard(stage: Stage, target: string, ...actors: readonly Actor[]): Promise<void> {
  for (const actor of actors) await actor.called(target);
  stage.tell();
}
