import { expect, test } from 'vitest';
import { FakeOutlet } from '../../test/support/hub-harness.ts';
import { ClientLink } from './client-link.ts';

const BIG = new Uint8Array(600_000);

function scene() {
  const outlet = new FakeOutlet();
  const link = new ClientLink('c', outlet);
  const say = (text: string) => link.send(Buffer.from(text), 2);
  return { outlet, link, say, heard: (on = outlet) => (on.data.get('c') ?? []).map(({ payload }) => `${payload}`) };
}

const PAUSE_ACK = { type: 39, connectionId: 'c', target: 1, operation: 2 };

test('one pause is answered once, however often it is asked for; the next one again', () => {
  const { outlet, link } = scene();
  link.pause();
  link.pause();
  expect(outlet.messages).toEqual([PAUSE_ACK]);
  link.resume(outlet);
  link.pause();
  expect(outlet.messages).toEqual([PAUSE_ACK, PAUSE_ACK]);
});

test('the answer comes on the connection that the client belongs to, behind all that was sent there', () => {
  const { outlet, link, say, heard } = scene();
  const other = new FakeOutlet();
  say('a');
  link.resume(other);
  link.pause();
  say('b');
  expect([outlet.messages, heard()]).toEqual([[], ['a']]);
  expect([other.messages, heard(other)]).toEqual([[PAUSE_ACK], []]);
});

test('what was held back goes out in order, over the connection where it goes on', async () => {
  const { link, say, heard } = scene();
  const other = new FakeOutlet();
  link.pause();
  say('a');
  say('b');
  const { room } = link;
  link.resume(other);
  say('c');
  await room;
  expect(heard()).toEqual([]);
  expect(heard(other)).toEqual(['a', 'b', 'c']);
  expect(link.room).toBeUndefined();
});

test('too much held back makes it full, until it goes on', () => {
  const { outlet, link } = scene();
  link.send(BIG, 2);
  link.send(BIG, 2);
  expect(link.isFull).toBe(false);
  link.pause();
  link.send(BIG, 2);
  expect(link.isFull).toBe(false);
  link.send(BIG, 2);
  expect(link.isFull).toBe(true);
  link.resume(outlet);
  expect(link.isFull).toBe(false);
});

test('a pause that nobody ends is over after half a minute', () => {
  const { link, say, heard } = scene();
  expect(link.sweep()).toBe(false);
  link.pause();
  say('a');
  for (let second = 1; second < 30; second++) expect(link.sweep()).toBe(false);
  expect(heard()).toEqual([]);
  expect(link.sweep()).toBe(true);
  expect(heard()).toEqual(['a']);
});

test('what is held back for a client that is gone is forgotten, and nobody waits for it', async () => {
  const { outlet, link, say, heard } = scene();
  link.pause();
  say('a');
  const { room } = link;
  link.abandon();
  await room;
  link.resume(outlet);
  expect(heard()).toEqual([]);
});

test('a client that is ended while it is paused gets what was held back first', () => {
  const { outlet, link, say, heard } = scene();
  link.pause();
  say('bye');
  link.close('why');
  expect(heard()).toEqual(['bye']);
  expect(outlet.take(5)).toMatchObject([{ connectionId: 'c', error: 'why' }]);
});
