import { describe, expect, test } from 'vitest';
import { negotiateVersion } from './negotiate-version.ts';

const NOT_AN_INTEGER = 'The client requested a non-integer protocol version.';

describe('negotiateVersion', () => {
  test.each([
    [undefined, 0],
    ['0', 0],
    ['1', 1],
    [' +1 ', 1],
    ['2', 1],
    ['2147483647', 1],
  ])('%s is answered as %i', (asked, version) => {
    expect(negotiateVersion(asked)).toStrictEqual({ version });
  });

  test.each(['', 'x', '1.0', '1,1', '0x1', '1e0', '2147483648', '-2147483649'])('"%s" is no version', (asked) => {
    expect(negotiateVersion(asked)).toStrictEqual({ error: NOT_AN_INTEGER });
  });

  test('less than 0 is not supported', () => {
    expect(negotiateVersion('-1')).toStrictEqual({
      error: "The client requested version '-1', but the server does not support this version.",
    });
  });
});
