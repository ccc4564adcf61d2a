import type { Scenario } from './scenario.ts';

const HANDSHAKE = '{"protocol":"json","version":1}\x1e';

/** How connections begin and end. */
export const lifetime: Scenario = {
  name: 'lifetime',
  onTwo: true,
  async play(stage) {
    const watcher = await stage.connect('watcher', { query: { onConnected: 'watch' } });
    const leaves = async () => {
      await watcher.called('disconnected');
      await stage.settle(watcher);
    };
    stage.chapter('sends while a client connects');
    const early = await stage.connect('early', { protocol: 'messagepack', query: { onConnected: 'say' } });
    await early.called('received');
    await stage.settle(early);
    const member = await stage.connect('member', { query: { onConnected: 'join' } });
    await stage.invoke(member, 'Send', { to: 'group', names: ['joined-at-once'], except: [], text: 'at once' });
    await stage.settle(member);
    stage.chapter('the client leaves');
    await early.stop();
    await leaves();
    member.drop();
    await leaves();
    stage.chapter('the hub aborts');
    const aborted = await stage.connect('aborted');
    await aborted.connection.send('Abort');
    stage.note(`aborted: closed with ${await aborted.closed}`);
    await leaves();
    const heard = await stage.connect('heard', { protocol: 'messagepack' });
    await heard.connection.send('SayAndAbort');
    stage.note(`heard: closed with ${await heard.closed}`);
    await leaves();
    stage.chapter('the hub refuses');
    for (const onConnected of ['throw', 'throwHub']) {
      const refused = await stage.connectRaw(onConnected, { query: { onConnected } });
      refused.send(HANDSHAKE);
      await refused.closed();
      await stage.settle(watcher);
    }
    const cut = await stage.connectRaw('cut', { query: { onConnected: 'abort' } });
    cut.send(HANDSHAKE);
    await cut.closed();
    await leaves();
  },
};
