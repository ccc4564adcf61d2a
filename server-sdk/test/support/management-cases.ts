import { HubException } from '@signalite/server';
import { expect } from 'vitest';
import type { ManagementStage } from './management-stage.ts';

/** What a management client does, whatever its transport and the mode of the service. */
export const MANAGEMENT_CASES: Readonly<Record<string, (stage: ManagementStage) => Promise<void>>> = {
  'all, and all but some': async (stage) => {
    const { clients } = stage.management;
    const [json, pack] = await stage.pair();
    await clients.all.send('heard', 'one');
    await clients.allExcept([pack.connectionId]).send('heard', 'two');
    await clients.allExcept([json.connectionId, 'nobody']).send('heard', 'three');
    expect(await stage.heardBy(json, pack)).toEqual([
      ['one', 'two'],
      ['one', 'three'],
    ]);
  },

  'one connection, and several': async (stage) => {
    const { clients } = stage.management;
    const [json, pack] = await stage.pair();
    await clients.client(json.connectionId).send('heard', 'one');
    await clients.client('nobody / at all').send('heard', 'none');
    const ids = [pack.connectionId, json.connectionId, pack.connectionId, 'nobody'];
    await clients.clients(ids).send('heard', 'two');
    await clients.clients([]).send('heard', 'none');
    expect(await stage.heardBy(json, pack)).toEqual([['one', 'two'], ['two']]);
  },

  'a group, all of it but some, and several groups': async (stage) => {
    const { clients, groups } = stage.management;
    const [json, pack] = await stage.pair();
    const [lobby, desk] = [stage.name('lobby'), stage.name('desk')];
    await groups.add(json.connectionId, lobby);
    await groups.add(pack.connectionId, lobby);
    await groups.add(pack.connectionId, desk);
    await clients.group(lobby).send('heard', 'one');
    await clients.groupExcept(lobby, [json.connectionId]).send('heard', 'two');
    await clients.groups([lobby, desk]).send('heard', 'three');
    await clients.groups([]).send('heard', 'none');
    await clients.group(stage.name('empty')).send('heard', 'none');
    expect(await stage.heardBy(json, pack)).toEqual([
      ['one', 'three'],
      ['one', 'two', 'three', 'three'],
    ]);
  },

  'a user, and several users': async (stage) => {
    const { clients } = stage.management;
    const [ann, bob] = [stage.name('ann'), stage.name('bob')];
    const [json, pack] = await stage.pair(ann);
    const other = await stage.connect('json', bob);
    await clients.user(ann).send('heard', 'one');
    await clients.users([bob, ann, bob, stage.name('nobody')]).send('heard', 'two');
    await clients.users([]).send('heard', 'none');
    expect(await stage.heardBy(json, pack, other)).toEqual([['one', 'two'], ['one', 'two'], ['two']]);
  },

  'arguments of every kind': async (stage) => {
    const [json, pack] = await stage.pair();
    const plain = [null, true, 'ü😀', 0, -7, 1.5, 2 ** 53 - 1, 1e300, [1, [2]], { a: { b: [] }, 'c d': '' }];
    const when = new Date(1_700_000_000_123);
    const { all } = stage.management.clients;
    await all.send('heard', ...plain);
    await all.send('heard', Uint8Array.of(1, 255), when, { deep: [Uint8Array.of(0)] });
    await all.send('heard');
    for (const { heard } of [json, pack]) expect(await heard.take()).toEqual(plain);
    expect(await json.heard.take()).toEqual(['Af8=', when.toISOString(), { deep: ['AA=='] }]);
    const [bytes, date, deep] = await pack.heard.take();
    expect([Buffer.from(bytes as Uint8Array), date]).toEqual([Buffer.from([1, 255]), when]);
    expect(deep).toEqual({ deep: [Uint8Array.of(0)] });
    for (const { heard } of [json, pack]) expect(await heard.take()).toEqual([]);
  },

  'connections in and out of groups': async (stage) => {
    const { clientManager, clients, groups } = stage.management;
    const [json] = await stage.pair();
    const [one, two] = [stage.name('one'), stage.name('two')];
    await groups.add(json.connectionId, one);
    await groups.add(json.connectionId, one);
    await groups.add(json.connectionId, two);
    await groups.remove(json.connectionId, one);
    await groups.remove(json.connectionId, one);
    await clients.groups([one, two]).send('heard', 'two');
    await groups.removeFromAllGroups(json.connectionId);
    expect(await clientManager.groupExists(two)).toBe(false);
    await clients.group(two).send('heard', 'none');
    expect(await stage.heardBy(json)).toEqual([['two']]);
  },

  'a connection that is not there is no error': async (stage) => {
    const { clientManager, groups } = stage.management;
    const group = stage.name('group');
    await groups.add('nobody', group);
    await groups.remove('nobody', group);
    await groups.removeFromAllGroups('nobody');
    await clientManager.closeConnection('nobody', 'why not');
    expect(await clientManager.groupExists(group)).toBe(false);
  },

  'users in and out of groups, connected or not': async (stage) => {
    const { clients, userGroups } = stage.management;
    const [ann, one, two] = [stage.name('ann'), stage.name('one'), stage.name('two')];
    expect(await userGroups.has(ann, one)).toBe(false);
    await userGroups.add(ann, one);
    await userGroups.add(ann, two, { ttlSeconds: 3600 });
    expect(await userGroups.has(ann, one)).toBe(true);
    const [json, pack] = await stage.pair(ann);
    await clients.groups([one, two]).send('heard', 'both');
    await userGroups.remove(ann, one);
    expect(await userGroups.has(ann, one)).toBe(false);
    await clients.group(one).send('heard', 'none');
    await userGroups.removeFromAll(ann);
    expect(await userGroups.has(ann, two)).toBe(false);
    await clients.group(two).send('heard', 'none');
    expect(await stage.heardBy(json, pack)).toEqual([
      ['both', 'both'],
      ['both', 'both'],
    ]);
  },

  'a user in a group for now only': async (stage) => {
    const { clients, userGroups } = stage.management;
    const [ann, group] = [stage.name('ann'), stage.name('group')];
    const now = await stage.connect('json', ann);
    await userGroups.add(ann, group, { ttlSeconds: 0 });
    const later = await stage.connect('messagepack', ann);
    await clients.group(group).send('heard', 'now');
    expect(await stage.heardBy(now, later)).toEqual([['now'], []]);
  },

  'what exists': async (stage) => {
    const { clientManager, groups } = stage.management;
    const [ann, group] = [stage.name('ann'), stage.name('group')];
    expect(await clientManager.userExists(ann)).toBe(false);
    expect(await clientManager.groupExists(group)).toBe(false);
    expect(await clientManager.connectionExists('nobody')).toBe(false);
    const { connectionId } = await stage.connect('json', ann);
    await groups.add(connectionId, group);
    expect(await clientManager.userExists(ann)).toBe(true);
    expect(await clientManager.groupExists(group)).toBe(true);
    expect(await clientManager.connectionExists(connectionId)).toBe(true);
  },

  'closing one connection, with a reason and without': async (stage) => {
    const { clientManager } = stage.management;
    const [json, pack] = await stage.pair();
    await clientManager.closeConnection(json.connectionId, 'go home, ü & co');
    expect(await json.closed).toContain('go home, ü & co');
    await clientManager.closeConnection(pack.connectionId);
    expect(await pack.closed).not.toContain('go home');
    expect(await clientManager.connectionExists(pack.connectionId)).toBe(false);
  },

  'closing a user, a group, everybody': async (stage) => {
    const { clientManager, groups } = stage.management;
    const [ann, group] = [stage.name('ann'), stage.name('group')];
    const [json, pack] = await stage.pair(ann);
    const [third, fourth] = await stage.pair();
    await clientManager.closeUser(ann, 'no more ann', [pack.connectionId]);
    expect(await json.closed).toContain('no more ann');
    for (const { connectionId } of [pack, third]) await groups.add(connectionId, group);
    await clientManager.closeGroup(group, 'no more group', [third.connectionId]);
    expect(await pack.closed).toContain('no more group');
    await clientManager.closeAll('no more', [fourth.connectionId]);
    expect(await third.closed).toContain('no more');
    expect(await clientManager.connectionExists(fourth.connectionId)).toBe(true);
    await clientManager.closeAll();
    await fourth.closed;
  },

  'the members of a group, page by page': async (stage) => {
    const { clientManager, groups } = stage.management;
    const group = stage.name('group');
    const clients = await Promise.all([1, 2, 3, 4, 5].map((n) => stage.connect('json', n === 1 ? undefined : `u${n}`)));
    for (const { connectionId } of clients) await groups.add(connectionId, group);
    const members = await listOf(clientManager.groupMembers(group, { pageSize: 2 }));
    const expected = clients.map(({ connectionId }, n) => ({
      connectionId,
      userId: n === 0 ? undefined : `u${n + 1}`,
    }));
    const byId = (a: { connectionId: string }, b: { connectionId: string }) =>
      a.connectionId < b.connectionId ? -1 : 1;
    expect([...members].sort(byId)).toEqual(expected.sort(byId));
    expect(await listOf(clientManager.groupMembers(group))).toEqual(members);
    expect(await listOf(clientManager.groupMembers(group, { pageSize: 2, top: 3 }))).toEqual(members.slice(0, 3));
    expect(await listOf(clientManager.groupMembers(stage.name('empty')))).toEqual([]);
  },

  'results of clients': async (stage) => {
    const { clients } = stage.management;
    for (const { connection, connectionId } of await stage.pair()) {
      connection.on('double', (n: number) => ({ twice: 2 * n }));
      connection.on('fail', () => {
        throw new Error('not today');
      });
      const client = clients.client(connectionId);
      expect(await client.invoke('double', 21)).toEqual({ twice: 42 });
      await expect(client.invoke('fail')).rejects.toThrow(HubException);
      await expect(client.invoke('fail')).rejects.toThrow('not today');
      await expect(client.invoke('unknown')).rejects.toThrow("Client didn't provide a result.");
    }
    const nobody = clients.client('nobody').invoke('double', 1);
    await expect(nobody).rejects.toMatchObject({
      code: 'client-result-failed',
      message: "Connection 'nobody' does not exist.",
    });
  },

  'a client that does not answer': async (stage) => {
    const { connection, connectionId } = await stage.connect('json');
    const asked = new Promise<void>((resolve) => {
      connection.on('think', () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    const giveUp = new AbortController();
    const result = stage.management.clients.client(connectionId).invoke('think', { signal: giveUp.signal });
    const refused = expect(result).rejects.toThrow(new HubException('Invocation canceled by the server.'));
    await asked;
    giveUp.abort();
    await refused;
    const hasty = stage.manage({ clientResultTimeoutMs: 300 });
    const late = hasty.clients.client(connectionId).invoke('think');
    await expect(late).rejects.toMatchObject({ code: 'client-result-timeout', message: 'Invocation timed out.' });
  },

  'ids and names that cannot be': async ({ management }) => {
    const { clientManager, clients, groups, userGroups } = management;
    const refusals: Promise<unknown>[] = [
      clients.client('').send('heard'),
      clients.clients(['a', '']).send('heard'),
      clients.user('').send('heard'),
      clients.users(['']).send('heard'),
      clients.group(' ').send('heard'),
      clients.groups(['a', '']).send('heard'),
      clients.group('g'.repeat(1025)).send('heard'),
      clients.allExcept(['']).send('heard'),
      clients.all.send(''),
      clients.client('').invoke('heard'),
      groups.add('', 'group'),
      groups.add('id', ''),
      groups.remove('id', '\t'),
      groups.removeFromAllGroups(''),
      userGroups.add('', 'group'),
      userGroups.remove('ann', ''),
      userGroups.removeFromAll(''),
      userGroups.has('ann', ''),
      clientManager.connectionExists(''),
      clientManager.userExists(''),
      clientManager.groupExists(''),
      clientManager.closeConnection(''),
      clientManager.closeUser(''),
      clientManager.closeGroup(''),
      clientManager.closeAll('reason', ['']),
    ];
    for (const refusal of refusals) await expect(refusal).rejects.toThrow(TypeError);
    for (const ttlSeconds of [-1, 0.5, Number.NaN, 2 ** 31]) {
      await expect(userGroups.add('ann', 'group', { ttlSeconds })).rejects.toThrow(RangeError);
    }
    for (const pageSize of [0, 201, 1.5]) {
      expect(() => clientManager.groupMembers('group', { pageSize })).toThrow(RangeError);
    }
    expect(() => clientManager.groupMembers('group', { top: 0 })).toThrow(RangeError);
    expect(() => clientManager.groupMembers('')).toThrow(TypeError);
  },

  'operations that are given up': async ({ management }) => {
    const reason = new Error('enough');
    const { clientManager, clients, groups } = management.withSignal(AbortSignal.abort(reason));
    await expect(clients.all.send('heard')).rejects.toBe(reason);
    await expect(groups.add('id', 'group')).rejects.toBe(reason);
    await expect(clientManager.userExists('ann')).rejects.toBe(reason);
    await expect(listOf(clientManager.groupMembers('group'))).rejects.toBe(reason);
    const alive = management.withSignal(new AbortController().signal);
    expect(await alive.clientManager.userExists('ann')).toBe(false);
  },

  'a client that was closed': async (stage) => {
    const management = stage.manage();
    await management.clients.all.send('heard');
    await management.close();
    await management.close();
    const closed = expect.objectContaining({ code: 'closed' });
    await expect(management.clients.all.send('heard')).rejects.toEqual(closed);
    await expect(management.clientManager.userExists('ann')).rejects.toEqual(closed);
    await expect(management.start()).rejects.toEqual(closed);
    await expect(management.negotiate()).rejects.toEqual(closed);
    await expect(management.isHealthy()).rejects.toEqual(closed);
  },

  'apps that share a service': async (stage) => {
    const other = stage.manage({ applicationName: `${stage.applicationName}_Other`, hub: 'CHAT' });
    const same = stage.manage({ hub: 'CHAT' });
    const here = await stage.connect('json', 'ann');
    expect(await other.clientManager.userExists('ann')).toBe(false);
    expect(await same.clientManager.userExists('ann')).toBe(true);
    await other.clients.all.send('heard', 'none');
    await same.clients.all.send('heard', 'same');
    expect(await stage.heardBy(here)).toEqual([['same']]);
  },

  'the health of the service': async (stage) => {
    expect(await stage.management.isHealthy()).toBe(true);
  },
};

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
