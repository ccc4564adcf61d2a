// What an app may do with the Management SDK, and what must come of it (rest-api 4.4, 7, 9).

import type { Actor } from '../sdk-scenario/actor.ts';
import type { ManagementStage } from './management-stage.ts';
import { hubKeyOf, type SetUp, servesMessagePack } from './set-up.ts';

export interface ManagementPlay {
  readonly stage: ManagementStage;
  readonly setUp: SetUp;
  /** A recording has nothing in it that takes time or calls an upstream. */
  readonly isRecording: boolean;
}

interface Clients {
  readonly anna: Actor;
  /** The same user as `anna`. */
  readonly phone: Actor;
  readonly ben: Actor;
}

const ODD_USER = 'ben/ü %:+';
const ODD_GROUP = 'g/ü %2F:+';
const BIG_CHARACTERS = 1_100_000;

const NOT_IMPLEMENTED = /^NotImplementedException: /;

export async function playManagement(play: ManagementPlay): Promise<void> {
  const clients = await connectAll(play);
  await sends(play, clients);
  await payloads(play, clients);
  await groups(play, clients);
  await userGroups(play);
  if (!play.isRecording) await expiry(play);
  await hubsApart(play);
  await closing(play, clients);
  if (!play.isRecording) await clientsThatCall(play);
  await play.stage.stop();
}

async function connectAll({ stage, setUp, isRecording }: ManagementPlay): Promise<Clients> {
  await stage.call({ do: 'ServiceManager.IsServiceHealthy' }, 'True');
  const anna = await stage.connect('anna', { query: { user: 'anna' } });
  const protocol = servesMessagePack(setUp) ? 'messagepack' : 'json';
  const phone = await stage.connect('phone', { query: { user: 'anna', role: 'guest' }, protocol });
  const ben = await stage.connect('ben', { query: { user: ODD_USER } });
  await stage.connect('nobody');
  if (!isRecording && setUp.serviceMode === 'Serverless') {
    const hub = hubKeyOf(setUp, 'chat');
    const line = (user: string) => `connections/connected of ${hub} from ${user}: opened, signed`;
    await stage.upstreamGot(line('anna'), line('anna'), line(ODD_USER), line(''));
  }
  return { anna, phone, ben };
}

async function sends({ stage }: ManagementPlay, { anna, phone, ben }: Clients): Promise<void> {
  const to = (text: string, ...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, [text]]));
  await stage.call({ do: 'Clients.All', text: 'a' }, 'done', to('a', 'anna', 'phone', 'ben', 'nobody'));
  await stage.call(
    { do: 'Clients.AllExcept', text: 'b', except: [anna.id, ben.id] },
    'done',
    to('b', 'phone', 'nobody'),
  );
  await stage.call(
    { do: 'Clients.AllExcept', text: 'c', except: [] },
    'done',
    to('c', 'anna', 'phone', 'ben', 'nobody'),
  );
  await stage.call({ do: 'Clients.Client', text: 'd', connection: phone.id }, 'done', to('d', 'phone'));
  await stage.call({ do: 'Clients.Client', text: 'e', connection: 'unknown' });
  await stage.call({ do: 'Clients.Clients', text: 'f', names: [anna.id, ben.id, 'x'] }, 'done', to('f', 'anna', 'ben'));
  await stage.call({ do: 'Clients.User', text: 'g', user: 'anna' }, 'done', to('g', 'anna', 'phone'));
  await stage.call({ do: 'Clients.User', text: 'h', user: 'Anna' });
  await stage.call({ do: 'Clients.User', text: 'i', user: ODD_USER }, 'done', to('i', 'ben'));
  await stage.call(
    { do: 'Clients.Users', text: 'j', names: ['anna', ODD_USER, 'x'] },
    'done',
    to('j', 'anna', 'phone', 'ben'),
  );
  await stage.call({ do: 'Clients.Group', text: 'k', group: 'nobody is in it' });
  // The SDK leaves client results to app servers.
  await stage.call({ do: 'Clients.Client InvokeAsync', text: 'l', connection: anna.id }, NOT_IMPLEMENTED);
}

async function payloads({ stage, setUp }: ManagementPlay, { phone }: Clients): Promise<void> {
  const { transport, protocols } = setUp;
  const whole = (text: string) => [`< {"type":1,"target":"received","arguments":${text}}`];
  const asJson = whole(KINDS[transport === 'Persistent' ? 'serverConnection' : 'rest']);
  const asMessagePack = [`< ${protocols === 'both' ? KINDS.messagePack : KINDS.messagePackOfJson}`];
  const onPhone = phone.protocol === 'json' ? asJson : asMessagePack;
  const got = { anna: asJson, phone: onPhone, ben: asJson, nobody: asJson };
  await stage.call({ do: 'Clients.All kinds' }, 'done', got);
  const all = (line: (actor: 'json' | 'messagepack') => string) => ({
    anna: [line('json')],
    phone: [line(phone.protocol)],
    ben: [line('json')],
    nobody: [line('json')],
  });
  const plain = (target: string, values: readonly unknown[]) =>
    all((protocol) =>
      protocol === 'json'
        ? `< ${JSON.stringify({ type: 1, target, arguments: values })}`
        : `< ${JSON.stringify([1, {}, null, target, values, []])}`,
    );
  await stage.call({ do: 'Clients.All no arguments' }, 'done', plain('received', []));
  await stage.call(
    { do: 'Clients.All eleven arguments' },
    'done',
    plain('received', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
  );
  await stage.call({ do: 'Typed.Clients.All', text: 'typed' }, 'done', plain('Received', ['typed']));
  const big = { do: 'Clients.Client', connection: phone.id, text: 'x', repeat: BIG_CHARACTERS };
  if (transport === 'Persistent') await stage.call(big, 'done', { phone: ['x'.repeat(BIG_CHARACTERS)] });
  else await stage.call(big, /^AzureSignalRRuntimeException: /);
}

async function groups({ stage }: ManagementPlay, { anna, phone, ben }: Clients): Promise<void> {
  await stage.call({ do: 'ClientManager.GroupExists', group: 'g1' }, 'False');
  await stage.call({ do: 'Groups.Add', connection: anna.id, group: 'g1' });
  await stage.call({ do: 'Groups.Add', connection: phone.id, group: 'g1' });
  await stage.call({ do: 'Groups.Add', connection: phone.id, group: ODD_GROUP });
  await stage.call({ do: 'Groups.Add', connection: 'unknown', group: 'g1' });
  await stage.call({ do: 'ClientManager.GroupExists', group: 'g1' }, 'True');
  await stage.call({ do: 'ClientManager.GroupExists', group: 'G1' }, 'False');
  await stage.call({ do: 'ClientManager.GroupExists', group: ODD_GROUP }, 'True');
  await stage.call({ do: 'Clients.Group', text: 'a', group: 'g1' }, 'done', { anna: ['a'], phone: ['a'] });
  await stage.call({ do: 'Clients.Group', text: 'b', group: ODD_GROUP }, 'done', { phone: ['b'] });
  await stage.call({ do: 'Clients.GroupExcept', text: 'c', group: 'g1', except: [anna.id] }, 'done', { phone: ['c'] });
  const both = { do: 'Clients.Groups', text: 'd', names: ['g1', ODD_GROUP, 'x'] };
  await stage.call(both, 'done', { anna: ['d'], phone: ['d', 'd'] });
  await stage.call({ do: 'Groups.Remove', connection: phone.id, group: 'g1' });
  await stage.call({ do: 'Groups.Remove', connection: ben.id, group: 'g1' });
  await stage.call({ do: 'Groups.Remove', connection: 'unknown', group: 'g1' });
  await stage.call({ do: 'Groups.Remove', connection: anna.id, group: 'unknown' });
  await stage.call({ do: 'Clients.Group', text: 'e', group: 'g1' }, 'done', { anna: ['e'] });
  await stage.call({ do: 'Groups.RemoveFromAll', connection: phone.id });
  await stage.call({ do: 'Groups.RemoveFromAll', connection: 'unknown' });
  await stage.call({ do: 'ClientManager.GroupExists', group: ODD_GROUP }, 'False');
  await stage.call({ do: 'Clients.Groups', text: 'f', names: ['g1', ODD_GROUP] }, 'done', { anna: ['f'] });
}

async function userGroups({ stage }: ManagementPlay): Promise<void> {
  const isIn = (user: string, group: string) => ({ do: 'UserGroups.IsUserInGroup', user, group });
  await stage.call(isIn('anna', 'u1'), 'False');
  await stage.call({ do: 'UserGroups.Add', user: 'anna', group: 'u1' });
  await stage.call(isIn('anna', 'u1'), 'True');
  await stage.call(isIn('unknown', 'u1'), 'False');
  await stage.call({ do: 'Clients.Group', text: 'a', group: 'u1' }, 'done', { anna: ['a'], phone: ['a'] });
  await stage.call({ do: 'UserGroups.Add', user: ODD_USER, group: ODD_GROUP, seconds: 600 });
  await stage.call(isIn(ODD_USER, ODD_GROUP), 'True');
  await stage.call({ do: 'Clients.Group', text: 'b', group: ODD_GROUP }, 'done', { ben: ['b'] });
  // Who connects later is in the group, unless the time is none.
  await stage.call({ do: 'UserGroups.Add', user: 'cleo', group: 'u1', seconds: 600 });
  await stage.call({ do: 'UserGroups.Add', user: 'cleo', group: 'now', seconds: 0 });
  await stage.call(isIn('cleo', 'u1'), 'True');
  await stage.call(isIn('cleo', 'now'), 'False');
  await stage.connect('cleo', { query: { user: 'cleo' } });
  await stage.call({ do: 'Clients.Group', text: 'c', group: 'u1' }, 'done', { anna: ['c'], phone: ['c'], cleo: ['c'] });
  await stage.call({ do: 'Clients.Group', text: 'd', group: 'now' });
  await stage.call({ do: 'UserGroups.Remove', user: 'anna', group: 'u1' });
  await stage.call({ do: 'UserGroups.Remove', user: 'unknown', group: 'u1' });
  await stage.call({ do: 'Clients.Group', text: 'e', group: 'u1' }, 'done', { cleo: ['e'] });
  await stage.call({ do: 'UserGroups.RemoveFromAll', user: 'cleo' });
  await stage.call({ do: 'UserGroups.RemoveFromAll', user: 'unknown' });
  await stage.call(isIn('cleo', 'u1'), 'False');
  await stage.call({ do: 'ClientManager.GroupExists', group: 'u1' }, 'False');
  await stage.call({ do: 'UserGroups.RemoveFromAll', user: ODD_USER });
}

async function expiry({ stage }: ManagementPlay): Promise<void> {
  const inGroup = { user: 'anna', group: 'short' };
  await stage.call({ do: 'UserGroups.Add', ...inGroup, seconds: 1 });
  await stage.call({ do: 'UserGroups.IsUserInGroup', ...inGroup }, 'True');
  await stage.callUntil({ do: 'UserGroups.IsUserInGroup', ...inGroup }, 'False');
  await stage.call({ do: 'Clients.Group', text: 'late', group: 'short' });
}

/** Hubs know nothing of each other. */
async function hubsApart({ stage, setUp, isRecording }: ManagementPlay): Promise<void> {
  const { id } = await stage.connect('other', { hub: 'Other', query: { user: 'anna' } });
  await stage.call({ do: 'Clients.All', hub: 'Other', text: 'a' }, 'done', { other: ['a'] });
  await stage.call({ do: 'Clients.User', hub: 'Other', text: 'b', user: 'anna' }, 'done', { other: ['b'] });
  await stage.call({ do: 'ClientManager.ConnectionExists', connection: id }, 'False');
  await stage.call({ do: 'ClientManager.ConnectionExists', hub: 'Other', connection: id }, 'True');
  await stage.stop('other');
  await stage.callUntil({ do: 'ClientManager.ConnectionExists', hub: 'Other', connection: id }, 'False');
  if (isRecording || setUp.serviceMode !== 'Serverless') return;
  const [chat, other] = [hubKeyOf(setUp, 'chat'), hubKeyOf(setUp, 'other')];
  await stage.upstreamGot(
    `connections/connected of ${chat} from cleo: opened, signed`,
    `connections/connected of ${other} from anna: opened, signed`,
    `connections/disconnected of ${other} from anna: closed, signed`,
  );
}

async function closing({ stage, setUp, isRecording }: ManagementPlay, { phone, ben }: Clients): Promise<void> {
  await stage.call({ do: 'ClientManager.ConnectionExists', connection: phone.id }, 'True');
  await stage.call({ do: 'ClientManager.ConnectionExists', connection: 'unknown' }, 'False');
  await stage.call({ do: 'ClientManager.UserExists', user: ODD_USER }, 'True');
  await stage.call({ do: 'ClientManager.UserExists', user: 'unknown' }, 'False');
  await stage.call({ do: 'ClientManager.CloseConnection', connection: 'unknown', reason: 'nobody hears it' });
  await stage.callAndLose({ do: 'ClientManager.CloseConnection', connection: ben.id, reason: 'that was it' }, 'ben', {
    json: '< {"type":7,"error":"that was it","allowReconnect":true}',
    says: 'Error: Server returned an error on close: that was it',
  });
  await stage.callUntil({ do: 'ClientManager.UserExists', user: ODD_USER }, 'False');
  await stage.call({ do: 'ClientManager.UserExists', user: 'anna' }, 'True');
  await stage.call({ do: 'Clients.All', text: 'who is left' }, 'done', {
    anna: ['who is left'],
    phone: ['who is left'],
    nobody: ['who is left'],
    cleo: ['who is left'],
  });
  if (isRecording || setUp.serviceMode !== 'Serverless') return;
  const hub = hubKeyOf(setUp, 'chat');
  await stage.upstreamGot(`connections/disconnected of ${hub} from ${ODD_USER}: closed, that was it, signed`);
}

/** Serverless: the upstream answers. Classic: nobody does, and who calls is closed (upstream-and-emulator 6.3). */
async function clientsThatCall({ stage, setUp }: ManagementPlay): Promise<void> {
  for (const protocol of ['json', 'messagepack'] as const) {
    const caller = await stage.connect('caller', { query: { user: 'dora' }, protocol });
    const outcome = (target: string) =>
      caller.connection.invoke<unknown>(target, 'é', 7).then((value) => JSON.stringify(value), String);
    if (setUp.serviceMode === 'Classic') {
      const told = await outcome('Echo');
      const text = 'No app server is currently connected to the Azure service.';
      const says = `Error: Server returned an error on close: ${text}`;
      const frame = protocol === 'json' ? `{"type":7,"error":"${text}"}` : `[7,"${text}",false]`;
      stage.compare('a call in Classic mode', [told, await stage.closed('caller')], [says, `< ${frame}; ${says}`]);
      continue;
    }
    stage.compare('Echo', [await outcome('Echo')], ['["é","7"]']);
    stage.compare('Fail', [await outcome('Fail')], ['Error: It was asked to.']);
    await caller.connection.send('Note', 'sent');
    await stage.stop('caller');
    const about = `of ${hubKeyOf(setUp, 'chat')} from dora`;
    await stage.upstreamGot(
      `connections/connected ${about}: opened, signed`,
      `messages/Echo ${about}: Echo(é, 7), signed`,
      `messages/Fail ${about}: Fail(é, 7), signed`,
      `messages/Note ${about}: Note(sent), signed`,
      `connections/disconnected ${about}: closed, signed`,
    );
  }
}

const NUMBERS = '9223372036854775807,-9223372036854775808,1.5,true,null';
const TEXT = '"é \\"<&>\\" 😀"';
const NOTE = '{"Title":"first","Stars":5,"Answer":{"Title":"second","Stars":-1,"Answer":null}}';
// As JavaScript reads them.
const DOUBLES = '9223372036854776000,-9223372036854776000,1.5,true,null';
const BYTES = '{"type":"Buffer","data":[0,1,255]}';

/** Arguments of every kind as they are on the wire. Over server connections another serializer writes JSON (rest-api 9). */
const KINDS = {
  rest: `[[${NUMBERS},${TEXT},"AAH/",[1,2,3],${NOTE}]]`,
  serverConnection: `[[${NUMBERS},${TEXT.replace('😀', '\\uD83D\\uDE00')},"AAH/",[1,2,3],${NOTE.replace(/"[TSA]/g, (name) => name.toLowerCase())}]]`,
  messagePack: `[1,{},null,"received",[[${DOUBLES},${TEXT},${BYTES},[1,2,3],${NOTE}]],[]]`,
  messagePackOfJson: `[1,{},null,"received",[[${DOUBLES},${TEXT},"AAH/",[1,2,3],${NOTE}]],[]]`,
};
