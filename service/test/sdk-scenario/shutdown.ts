import type { Actor } from './actor.ts';
import { ExpectedScene, type Person } from './expected-scene.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

// Two app servers, of which the first stops. Who negotiates with one is its client for as long as it takes clients.
const PREFERRED = { STICKY: 'Preferred' };
/** What the app says to everybody when one of its servers stops, once the service has answered. */
const STOPS = 'the server stops';

const ALICE: Person = { name: 'alice', protocol: 'json' };
const BOB: Person = { name: 'bob', protocol: 'messagepack' };
const CAROL: Person = { name: 'carol', protocol: 'messagepack' };
const DAVE: Person = { name: 'dave', protocol: 'json' };
const LATE: Person = { name: 'late', protocol: 'json' };
/** They take turns: the first and the third are at the first app server. */
const CAST = [ALICE, BOB, CAROL, DAVE] as const;
const ROOM = ['room'] as const;

/** Where somebody is. */
interface Place {
  readonly server: 'server-1' | 'server-2';
  readonly wasMigrated: boolean;
}

const FIRST: Place = { server: 'server-1', wasMigrated: false };
const SECOND: Place = { server: 'server-2', wasMigrated: false };
const MOVED: Place = { server: 'server-2', wasMigrated: true };

/**
 * The first app server hands its clients to the other (service-protocol 12.1): they are not closed, get no second answer
 * to their handshake, and stay in their room.
 */
export const shutdownMigrate: Scenario = {
  name: 'shutdown-migrate',
  needsTwo: true,
  environment: { SHUTDOWN: 'MigrateClients', ...PREFERRED },
  async play(stage) {
    const cast = await castOf(stage);
    const { stopping } = await stopFirst(stage, cast);
    await round(stage, cast);
    await stopping;
    stage.chapter('it is gone');
    await round(stage, cast);
  },
  expected() {
    const scene = new ExpectedScene();
    expectStopOfFirst(scene);
    const places = [MOVED, SECOND, MOVED, SECOND];
    expectRound(scene, CAST, places);
    scene.chapter('it is gone');
    expectRound(scene, CAST, places);
    return scene.lines;
  },
};

/** The first app server keeps its clients until they leave, and new ones get to the other (service-protocol 12.1). */
export const shutdownWait: Scenario = {
  name: 'shutdown-wait',
  needsTwo: true,
  environment: { SHUTDOWN: 'WaitForClientsClose', ...PREFERRED },
  async play(stage) {
    const cast = await castOf(stage);
    const { stopping } = await stopFirst(stage, cast);
    const late = await stage.connect(LATE.name);
    await stage.invoke(late, 'Join', ...ROOM);
    await round(stage, [...cast, late]);
    const [alice, bob, carol, dave] = cast;
    await alice.stop();
    await carol.stop();
    await stopping;
    stage.chapter('it is gone');
    await round(stage, [bob, dave, late]);
  },
  expected() {
    const scene = new ExpectedScene();
    expectStopOfFirst(scene);
    scene.connects(LATE);
    scene.invokes(LATE, 'Join("room")', null);
    expectRound(scene, [...CAST, LATE], [FIRST, SECOND, FIRST, SECOND, SECOND]);
    scene.leaves(ALICE);
    scene.leaves(CAROL);
    scene.chapter('it is gone');
    expectRound(scene, [BOB, DAVE, LATE], [SECOND, SECOND, SECOND]);
    return scene.lines;
  },
};

type Cast = readonly [alice: Actor, bob: Actor, carol: Actor, dave: Actor];

/** Two at each app server, in both hub protocols, and all in one room. */
async function castOf(stage: Stage): Promise<Cast> {
  const connect = ({ name, protocol }: Person) => stage.connect(name, { protocol });
  const cast: Cast = [await connect(ALICE), await connect(BOB), await connect(CAROL), await connect(DAVE)];
  for (const actor of cast) await stage.invoke(actor, 'Join', ...ROOM);
  await round(stage, cast);
  return cast;
}

/** Begins to stop the first app server; resolves when everybody has heard of it. */
async function stopFirst(stage: Stage, cast: Cast): Promise<{ readonly stopping: Promise<void> }> {
  stage.chapter('the first app server stops');
  const stopping = stage.stopFirstApp();
  for (const actor of cast) await actor.saw(STOPS);
  stage.tell();
  return { stopping };
}

function expectStopOfFirst(scene: ExpectedScene): void {
  for (const person of CAST) scene.connects(person);
  for (const person of CAST) scene.invokes(person, 'Join("room")', null);
  expectRound(scene, CAST, [FIRST, SECOND, FIRST, SECOND]);
  scene.chapter('the first app server stops');
  scene.receive(STOPS);
  scene.tell();
}

/** Each tells by which app server it is served, and says something to everybody in the room. */
async function round(stage: Stage, cast: readonly Actor[]): Promise<void> {
  for (const actor of cast) {
    await stage.invoke(actor, 'Server');
    await stage.invoke(actor, 'WasMigrated');
    await stage.invoke(actor, 'SayInRoom', `I am ${actor.name}`);
  }
  const [sender] = cast;
  if (sender !== undefined) await stage.settle(sender);
}

function expectRound(scene: ExpectedScene, people: readonly Person[], places: readonly Place[]): void {
  for (const [index, person] of people.entries()) {
    const place = places[index];
    scene.invokes(person, 'Server()', place?.server);
    scene.invokes(person, 'WasMigrated()', place?.wasMigrated);
    scene.receive(`I am ${person.name}`);
    scene.invokes(person, `SayInRoom("I am ${person.name}")`, null);
  }
  scene.tell();
}
