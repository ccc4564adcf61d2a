import { describe, expect, test } from 'vitest';
import { confirmedByAny, confirmedByFirst } from './confirmations.ts';

const yes = () => Promise.resolve(true);
const no = () => Promise.resolve(false);
const failed = () => Promise.reject(new Error('late'));
const never = () => new Promise<boolean>(() => {});

type Ask = () => Promise<boolean>;

describe('an operation on a connection', () => {
  test.each<[string, Ask[], boolean]>([
    ['one says yes, while others say nothing', [no, never, yes, failed], true],
    ['all say no', [no, no], false],
    ['nobody was asked', [], false],
  ])('%s', async (_text, asks, result) => {
    expect(await confirmedByFirst(asks.map((ask) => ask()))).toBe(result);
  });

  test('fails when one fails and no other has it', async () => {
    await expect(confirmedByFirst([no(), failed()])).rejects.toThrow('late');
  });
});

describe('an operation on users or groups', () => {
  test.each<[string, Ask[], boolean]>([
    ['one says yes', [no, yes], true],
    ['all say no', [no, no], false],
    ['nobody was asked', [], false],
  ])('%s', async (_text, asks, result) => {
    expect(await confirmedByAny(asks.map((ask) => ask()))).toBe(result);
  });

  test('fails when one fails', async () => {
    await expect(confirmedByAny([yes(), failed()])).rejects.toThrow('late');
  });
});
