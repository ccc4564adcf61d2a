import type { Fault } from '../fault.ts';

export const TOKEN_FAULTS: readonly Fault[] = [
  {
    name: 'refusals have another challenge',
    turnsRed: ['tokens.missing', 'tokens.audience.challenge'],
    answer: (answer) => ({ ...answer, headers: { ...answer.headers, 'www-authenticate': 'Basic' } }),
  },
  {
    name: 'what is refused gets 403',
    turnsRed: [
      'tokens.missing',
      'tokens.malformed',
      'tokens.other-key',
      'tokens.unsigned',
      'tokens.expired',
      'tokens.not-yet-valid',
      'tokens.without-expiry',
      'tokens.audience.other-hub',
      'tokens.audience.server-token',
      'tokens.rest.client-token',
      'tokens.rest.not-in-the-query',
    ],
    answer: (answer) => (answer.status === 401 ? { ...answer, status: 403 } : answer),
  },
  {
    name: 'every token is refused',
    turnsRed: [
      'tokens.hs512',
      'tokens.any-key-id',
      'tokens.any-issuer',
      'tokens.audience.any-port',
      'tokens.audience.one-of-several',
      'tokens.in-the-query',
    ],
    answer: (answer) => (answer.status === 200 ? { ...answer, status: 401 } : answer),
  },
];
