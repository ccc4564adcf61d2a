import { describe, expect, test } from 'vitest';
import { chooseEndpoint, completeRouter, createDefaultRouter } from './default-router.ts';
import type { EndpointInfo, EndpointRouter } from './endpoint-router.ts';

function endpoint(name: string, rest: Partial<EndpointInfo> = {}): EndpointInfo {
  return {
    name,
    type: 'primary',
    isOnline: true,
    isActive: true,
    clientCount: 0,
    serverCount: 0,
    capacity: undefined,
    ...rest,
  };
}

/** Who is chosen for each of ten numbers from 0 to 0.9. */
function choices(endpoints: readonly EndpointInfo[]): string {
  return Array.from({ length: 10 }, (_, tenth) => chooseEndpoint(endpoints, () => tenth / 10)?.name ?? '-').join('');
}

describe('clients that negotiate', () => {
  test.each<[string, EndpointInfo[], string]>([
    ['one', [endpoint('a')], 'aaaaaaaaaa'],
    ['two alike', [endpoint('a'), endpoint('b')], 'aaaaabbbbb'],
    ['a secondary one', [endpoint('a'), endpoint('b', { type: 'secondary' })], 'aaaaaaaaaa'],
    [
      'no primary one online',
      [endpoint('a', { isOnline: false }), endpoint('b', { type: 'secondary' }), endpoint('c', { type: 'secondary' })],
      'bbbbbccccc',
    ],
    ['none online', [endpoint('a', { isOnline: false })], '----------'],
    ['none', [], '----------'],
    ['one that does not say its capacity', [endpoint('a', { capacity: 10 }), endpoint('b')], 'aaaaabbbbb'],
    [
      'one that is nine tenths full',
      [
        endpoint('a', { capacity: 100, clientCount: 85, serverCount: 5 }),
        endpoint('b', { capacity: 1000, clientCount: 100 }),
      ],
      'abbbbbbbbb',
    ],
    [
      'one that is over full',
      [endpoint('a', { capacity: 10, clientCount: 20 }), endpoint('b', { capacity: 10 })],
      'abbbbbbbbb',
    ],
    [
      'all that are full alike',
      [endpoint('a', { capacity: 10, clientCount: 10 }), endpoint('b', { capacity: 10, clientCount: 12 })],
      'aaaaabbbbb',
    ],
  ])('%s', (_text, endpoints, chosen) => {
    expect(choices(endpoints)).toBe(chosen);
  });
});

test('sends go to all that are online', () => {
  const [a, b, c] = [endpoint('a'), endpoint('b', { isOnline: false }), endpoint('c', { type: 'secondary' })];
  const all = [a, b, c];
  const router = createDefaultRouter(Math.random);
  expect(router.endpointsForBroadcast(all)).toEqual([a, c]);
  expect(router.endpointsForUser('u', all)).toEqual([a, c]);
  expect(router.endpointsForGroup('g', all)).toEqual([a, c]);
  expect(router.endpointsForConnection('i', all)).toEqual([a, c]);
});

test('a router of the app has what it leaves out from the default one, and keeps its own state', () => {
  const [a, b] = [endpoint('a'), endpoint('b')];
  class Own implements Partial<EndpointRouter> {
    readonly #wanted = 'b';
    endpointsForUser(_userId: string, endpoints: readonly EndpointInfo[]) {
      return endpoints.filter(({ name }) => name === this.#wanted);
    }
  }
  const router = completeRouter(
    new Own(),
    createDefaultRouter(() => 0),
  );
  expect(router.endpointsForUser('u', [a, b])).toEqual([b]);
  expect(router.endpointsForGroup('g', [a, b])).toEqual([a, b]);
});
