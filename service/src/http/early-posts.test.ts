// client-protocol 1.4, 2.2.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ClientConnections } from '../client-connection/client-connections.ts';
import { DEFAULT_LIMITS, DEFAULT_TIMERS } from '../config/limits.ts';
import { EarlyPosts } from './early-posts.ts';

function create() {
  const clock = { now: 1_000_000 };
  const clients = new ClientConnections({
    negotiatedMax: 10,
    negotiateMs: 5000,
    earlyBytesMax: 5,
    now: () => clock.now,
  });
  const early = new EarlyPosts({ clients, limits: DEFAULT_LIMITS, timers: DEFAULT_TIMERS });
  const negotiate = () => clients.negotiate('chat', 1, false)?.connectionToken ?? '';
  return { clock, clients, early, negotiate };
}

function post(body: string, isWhole = true): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.push(body);
  if (isWhole) message.push(null);
  return message;
}

test('bodies wait for their client, in order, and are counted together', async () => {
  const { clients, early, negotiate } = create();
  const [one, other] = [negotiate(), negotiate()];
  const slow = post('1', false);
  const outcomes = [early.take(slow, one, 'chat'), early.take(post('2'), one, 'chat')];
  expect(await early.take(post('12345'), other, 'chat')).toBe('taken');
  slow.push('a');
  slow.push(null);
  expect(await Promise.all(outcomes)).toEqual(['taken', 'taken']);
  expect(await early.take(post('345'), one, 'chat')).toBe('too-large');
  expect(clients.take(one)?.early.map(String)).toEqual(['1a', '2']);
  expect(clients.take(other)?.early.map(String)).toEqual(['12345']);
});

test('nothing is kept of a client without POSTs', async () => {
  const { early, negotiate } = create();
  const id = negotiate();
  const [first, second] = [post('1', false), post('2', false)];
  const outcomes = [early.take(first, id, 'chat'), early.take(second, id, 'chat')];
  expect(early.clientCount).toBe(1);
  first.push(null);
  expect(await outcomes[0]).toBe('taken');
  expect(early.clientCount).toBe(1);
  second.destroy();
  expect(await outcomes[1]).toBe('aborted');
  expect(early.clientCount).toBe(0);
});

test('a client that was forgotten meanwhile is gone', async () => {
  const { clock, clients, early, negotiate } = create();
  const id = negotiate();
  const slow = post('1', false);
  const outcome = early.take(slow, id, 'chat');
  for (let passed = 0; passed < 5000; passed += 500) {
    clock.now += 500;
    clients.sweep(clock.now);
  }
  slow.push(null);
  expect(await outcome).toBe('gone');
  expect(early.clientCount).toBe(0);
});
