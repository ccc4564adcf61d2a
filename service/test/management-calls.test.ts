// rest-api 4.4, 7, 9: an app with the Management SDK gets the same from the service over both transports, in every mode.
import { ServiceModeName, startService } from 'signalite';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeAppServer } from './support/fake-app-server.ts';
import { type ManagementClient, PersistentClient, TransientClient } from './support/management-client.ts';
import { RawClient, type RawClientOptions } from './support/raw-client.ts';
import { opened } from './support/scene.ts';
import type { ServiceAddress } from './support/service-address.ts';

type Opening = (service: ServiceAddress, hub: string) => Promise<ManagementClient>;

const TRANSPORTS: Readonly<Record<string, Opening>> = {
  'REST with JSON': async (service, hub) => new TransientClient(service, { hub }),
  'REST with payloads': async (service, hub) => new TransientClient(service, { hub, sendsPayloads: true }),
  'weak server connections': (service, hub) => PersistentClient.connect(service, hub),
};
const MODES = Object.values(ServiceModeName);
const SET_UPS = Object.entries(TRANSPORTS).flatMap(([transport, open]) =>
  MODES.map((mode) => ({ transport, mode, open })),
);
const ODD = "a/b %2F:ü'()*!+";

describe.each(SET_UPS)('$transport in $mode mode', ({ mode, open }) => {
  let service: ServiceAddress;
  let app: ManagementClient;
  let ends = 0;

  beforeEach(async () => {
    const started = await startService({ host: '127.0.0.1', port: 0, serviceMode: mode, timers: { sweepMs: 5 } });
    opened.push(started);
    service = started;
    if (mode === 'Default') opened.push(await FakeAppServer.connect(started));
    app = await open(started, 'chat');
    opened.push(app);
  });

  async function client(options: RawClientOptions = {}): Promise<RawClient> {
    const one = await RawClient.connect(service, options);
    opened.push(one);
    return one;
  }

  /** What was sent to each client until now. */
  async function heard(...clients: readonly RawClient[]): Promise<string[][]> {
    ends += 1;
    const end = `end ${ends}`;
    await app.send({ to: 'all', except: [] }, end);
    return Promise.all(clients.map((one) => textsUntil(one, end)));
  }

  test('sends reach whom they name, and nobody else', async () => {
    const [ann, phone, odd] = [
      await client({ userId: 'ann' }),
      await client({ userId: 'ann' }),
      await client({ userId: ODD }),
    ];
    await app.send({ to: 'all', except: [] }, 'all');
    await app.send({ to: 'all', except: [ann.connectionId, odd.connectionId] }, 'except');
    await app.send({ to: 'connections', names: [odd.connectionId, 'unknown'] }, 'connections');
    await app.send({ to: 'users', names: ['ann', 'unknown'] }, 'users');
    await app.send({ to: 'users', names: [ODD] }, 'odd');
    await app.send({ to: 'users', names: [] }, 'none');
    await app.send({ to: 'group', group: 'unknown', except: [] }, 'group');
    expect(await heard(ann, phone, odd)).toEqual([
      ['all', 'users'],
      ['all', 'except', 'users'],
      ['all', 'connections', 'odd'],
    ]);
  });

  test('groups of connections', async () => {
    const [ann, bob] = [await client(), await client()];
    await app.join(ann.connectionId, ODD);
    await app.join(bob.connectionId, ODD);
    await app.join(bob.connectionId, 'h');
    await app.join('unknown', ODD);
    expect(await app.exists('group', ODD)).toBe(true);
    await app.send({ to: 'group', group: ODD, except: [ann.connectionId] }, '1');
    await app.send({ to: 'groups', names: [ODD, 'h'] }, '2');
    expect(await heard(ann, bob)).toEqual([['2'], ['1', '2', '2']]);
    await app.leave(ann.connectionId, ODD);
    await app.leave(ann.connectionId, 'unknown');
    await app.leave('unknown', ODD);
    await app.leave('unknown');
    await app.send({ to: 'group', group: ODD, except: [] }, '3');
    await app.leave(bob.connectionId);
    await app.send({ to: 'groups', names: [ODD, 'h'] }, '4');
    expect(await heard(ann, bob)).toEqual([[], ['3']]);
    expect(await app.exists('group', ODD)).toBe(false);
  });

  test('groups of users, for those who come later too', async () => {
    const ann = await client({ userId: 'ann' });
    await app.joinUser('ann', 'g');
    await app.joinUser('bob', 'g', 600);
    await app.joinUser('bob', 'now', 0);
    await app.joinUser('ann', 'now', 0);
    const bob = await client({ userId: 'bob' });
    await app.send({ to: 'group', group: 'g', except: [] }, 'g');
    await app.send({ to: 'group', group: 'now', except: [] }, 'now');
    expect(await heard(ann, bob)).toEqual([['g', 'now'], ['g']]);
    const asked = [app.isUserInGroup('ann', 'g'), app.isUserInGroup('bob', 'now'), app.isUserInGroup('unknown', 'g')];
    expect(await Promise.all(asked)).toEqual([true, false, false]);
    await app.leaveUser('ann', 'g');
    await app.leaveUser('bob');
    await app.leaveUser('unknown', 'g');
    await app.leaveUser('unknown');
    await app.send({ to: 'groups', names: ['g', 'now'] }, 'left');
    expect(await heard(ann, bob)).toEqual([['left'], []]);
    expect(await app.isUserInGroup('ann', 'g')).toBe(false);
  });

  test('what exists, until it is closed', async () => {
    const ann = await client({ userId: 'ann' });
    const all = () =>
      Promise.all([app.exists('connection', ann.connectionId), app.exists('user', 'ann'), app.exists('user', 'Ann')]);
    expect(await all()).toEqual([true, true, false]);
    await app.close('unknown', 'nobody');
    await app.close(ann.connectionId, 'it is late');
    expect(await ann.message()).toMatchObject({ type: 7, error: 'it is late' });
    await ann.closed;
    expect(await all()).toEqual([false, false, false]);
  });

  test('a hub of an app with a name is another hub', async () => {
    if (mode === 'Default') opened.push(await FakeAppServer.connect(service, { hub: 'my_app_chat' }));
    const named = await client({ hub: 'my_app_chat' });
    const plain = await client();
    const theirs =
      app instanceof TransientClient
        ? new TransientClient(service, { hub: 'Chat', application: 'My_App' })
        : await PersistentClient.connect(service, 'my_app_chat');
    opened.push(theirs);
    await theirs.send({ to: 'all', except: [] }, 'named');
    await theirs.send({ to: 'all', except: [] }, 'end');
    expect(await textsUntil(named, 'end')).toEqual(['named']);
    expect(await heard(plain)).toEqual([[]]);
  });
});

async function textsUntil(client: RawClient, end: string): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const { arguments: sent } = await client.message();
    const text = Array.isArray(sent) ? String(sent[0]) : '';
    if (text === end) return texts;
    texts.push(text);
  }
}
