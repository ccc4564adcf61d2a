import { expect, test } from 'vitest';
import { WELL_KNOWN_ACCESS_KEY } from '../config/service-options.ts';
import { publicKeyWarning } from './public-key-warning.ts';

const OWN = 'a-key-that-nobody-else-knows-01234567890';

test.each(['0.0.0.0', '::', '192.168.1.7', 'chat.example', '127.example'])(
  'on %s the public key is warned of',
  (host) => {
    expect(publicKeyWarning({ host, accessKey: WELL_KNOWN_ACCESS_KEY, secondaryAccessKey: undefined })).toBe(
      'Everybody who reaches this address can use the service: its key is public. Set your own with --access-key <key>.',
    );
    expect(publicKeyWarning({ host, accessKey: OWN, secondaryAccessKey: WELL_KNOWN_ACCESS_KEY })).toContain(
      '--secondary-access-key',
    );
    expect(publicKeyWarning({ host, accessKey: OWN, secondaryAccessKey: undefined })).toBeUndefined();
  },
);

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.1.2.3', '::1'])('on %s nobody else is near', (host) => {
  expect(publicKeyWarning({ host, accessKey: WELL_KNOWN_ACCESS_KEY, secondaryAccessKey: undefined })).toBeUndefined();
});
