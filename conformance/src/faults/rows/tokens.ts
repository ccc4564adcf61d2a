import type { Fault } from '../fault.ts';

export const TOKEN_FAULTS: readonly Fault[] = [
  {
    name: 'refusals have another challenge',
    turnsRed: ['tokens.missing', 'tokens.audience.challenge'],
    answer: (answer) => ({ ...answer, headers: { ...answer.headers, 'www-authenticate': 'Basic' } }),
  },
  {
    name: 'what is refused gets 403',
    turnsRed: ['tokens.missing', 'tokens.malformed', 'tokens.other-key', 'tokens.expired'],
    answer: (answer) => (answer.status === 401 ? { ...answer, status: 403 } : answer),
  },
];
