import type { Scenario } from './scenario.ts';

/** What a hub knows of its clients. */
export const identity: Scenario = {
  name: 'identity',
  async play(stage) {
    const headers = { 'x-color': 'blue', 'x-list': 'one, two' };
    const query = { user: 'ann', x: 'a b&c=d/é', 'X-Up': '1' };
    const alice = await stage.connect('alice', { query, headers });
    const nobody = await stage.connect('nobody', { protocol: 'messagepack' });
    for (const actor of [alice, nobody]) {
      stage.chapter(actor.name);
      for (const method of ['Id', 'User', 'Claims', 'Identity', 'Path', 'RemoteAddress'])
        await stage.invoke(actor, method);
      for (const name of ['x', 'X-Up', 'none']) await stage.invoke(actor, 'Query', name);
      for (const name of ['x-color', 'x-list', 'none', 'Authorization']) await stage.invoke(actor, 'Header', name);
      await stage.settle(actor);
    }
  },
};
