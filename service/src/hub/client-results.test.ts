// service-protocol 9.
import { expect, test } from 'vitest';
import { ClientResults } from './client-results.ts';

const DONE = { kind: 'completed', protocol: 'json', payload: Buffer.from('{}') } as const;

function asked(invocationId: string, connectionId: string) {
  return { invocationId, connectionId, callerServerId: 'caller' };
}

test('the answer of the asked connection settles the wait, once', async () => {
  const results = new ClientResults(10);
  const outcome = results.wait(asked('inv', 'conn'), 1000);
  expect(results.count).toBe(1);
  expect(results.complete('inv', 'conn', DONE)).toBe(true);
  expect(results.complete('inv', 'conn', DONE)).toBe(false);
  expect(await outcome).toBe(DONE);
  expect(results.count).toBe(0);
});

test('an answer in the name of another connection counts for nothing', async () => {
  const results = new ClientResults(10);
  const outcome = results.wait(asked('inv', 'conn'), 1000);
  expect(results.complete('inv', 'other', DONE)).toBe(false);
  expect(results.complete('unknown', 'conn', DONE)).toBe(false);
  expect(results.count).toBe(1);
  results.complete('inv', 'conn', { kind: 'delivered' });
  expect(await outcome).toEqual({ kind: 'delivered' });
});

test('a connection that leaves fails what it was asked, and nothing else', async () => {
  const results = new ClientResults(10);
  const first = results.wait(asked('inv-1', 'leaver'), 1000);
  const second = results.wait(asked('inv-2', 'leaver'), 1000);
  const other = results.wait(asked('inv-3', 'stayer'), 1000);
  results.failConnection('leaver');
  const gone = { kind: 'failed', why: 'disconnected', error: "Connection 'leaver' disconnected." };
  expect(await Promise.all([first, second])).toEqual([gone, gone]);
  expect(results.count).toBe(1);
  results.complete('inv-3', 'stayer', DONE);
  expect(await other).toBe(DONE);
});

test('an id that is waited for is refused, and any id over the limit', () => {
  const results = new ClientResults(2);
  expect(results.refusal('one')).toBeUndefined();
  void results.wait(asked('one', 'conn'), 1000);
  expect(results.refusal('one')).toBe("Invocation id 'one' is already in use.");
  expect(results.refusal('two')).toBeUndefined();
  void results.wait(asked('two', 'conn'), 1000);
  expect(results.refusal('three')).toBe('Too many client results are pending.');
  results.complete('one', 'conn', DONE);
  expect(results.refusal('three')).toBeUndefined();
});

test('a wait ends at its deadline', async () => {
  const results = new ClientResults(10);
  const early = results.wait(asked('early', 'conn'), 1000);
  const late = results.wait(asked('late', 'conn'), 1001);
  results.expire(999);
  expect(results.count).toBe(2);
  results.expire(1000);
  expect(await early).toEqual({ kind: 'failed', why: 'timed-out', error: 'Invocation timed out.' });
  expect(results.count).toBe(1);
  results.expire(1001);
  expect(await late).toEqual({ kind: 'failed', why: 'timed-out', error: 'Invocation timed out.' });
});
