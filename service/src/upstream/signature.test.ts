import { expect, test } from 'vitest';
import { WELL_KNOWN_ACCESS_KEY } from '../config/service-options.ts';
import { signatureOf } from './signature.ts';

const VECTOR = 'sha256=D4B71F6479906BF45CDC69C969315019A67A52DEAE1EAB86C7A7F3D9B25CD31E';

test('the vector of upstream-and-emulator 2.3', () => {
  expect(signatureOf('abc', [WELL_KNOWN_ACCESS_KEY])).toBe(VECTOR);
});

test('one entry for each key, and nothing but a comma between them', () => {
  const signature = signatureOf('abc', ['another', WELL_KNOWN_ACCESS_KEY]);
  expect(signature).toMatch(/^sha256=[0-9A-F]{64},sha256=[0-9A-F]{64}$/);
  expect(signature.split(',')[1]).toBe(VECTOR);
});
