import { describe, expect, test } from 'vitest';
import { API_VERSIONS, readApiVersion } from './api-version.ts';

describe('the version of a call', () => {
  test.each(API_VERSIONS)('%s is known', (version) => {
    expect(readApiVersion(new URLSearchParams({ 'api-version': version }))).toBe(version);
  });

  test('is found whatever the case of its parameter and value', () => {
    expect(readApiVersion(new URLSearchParams({ 'API-Version': '2024-10-01-Preview' }))).toBe('2024-10-01-Preview');
  });

  test.each(['', 'api-version=', 'version=2023-02-01'])('%j has none', (query) => {
    expect(() => readApiVersion(new URLSearchParams(query))).toThrow(
      expect.objectContaining({ status: 400, code: 'MissingApiVersionParameter' }),
    );
  });

  test('that nobody knows is refused with those that there are', () => {
    expect(() => readApiVersion(new URLSearchParams({ 'api-version': '2001-01-01' }))).toThrow(
      expect.objectContaining({
        status: 400,
        code: 'InvalidApiVersionParameter',
        message: expect.stringMatching(/'2001-01-01'.*2023-02-01/),
      }),
    );
  });
});
