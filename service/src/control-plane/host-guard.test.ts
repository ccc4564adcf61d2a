import { describe, expect, test } from 'vitest';
import { callerProblem } from './host-guard.ts';

function check(headers: Record<string, string>, url = 'http://localhost:8889/') {
  return callerProblem(new Request(url, { headers }));
}

describe('who may call', () => {
  test.each(['localhost', 'LocalHost:8889', '127.0.0.1:8889', '127.1.2.3', '[::1]:8889', '[::1]'])(
    'somebody who calls %s',
    (host) => {
      expect(check({ host })).toBeUndefined();
    },
  );

  test.each([
    'evil.example',
    'evil.example:8889',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '192.168.1.2:8889',
    '0.0.0.0:8889',
    '[::]',
    '',
    'a b',
  ])('nobody who calls %j', (host) => {
    expect(check({ host })).toMatchObject({ status: 403, code: 'Forbidden' });
  });

  test('nobody who names another host in the request line', () => {
    expect(check({ host: 'localhost' }, 'http://evil.example/')?.message).toMatch(/names another machine/);
  });

  test.each(['http://evil.example', 'http://localhost:8889', 'null', ''])('no page of the origin %j', (origin) => {
    expect(check({ host: 'localhost', origin })).toMatchObject({
      status: 403,
      message: expect.stringContaining('Origin'),
    });
  });
});
