import type { Fault } from '../fault.ts';
import { changedJson } from '../rewrites.ts';

export const NEGOTIATE_FAULTS: readonly Fault[] = [
  {
    name: 'negotiate gives the id as the token',
    turnsRed: ['negotiate.v1.token-differs-from-id'],
    answer: changedJson('/client/negotiate', (body) => ({ ...body, connectionToken: body['connectionId'] })),
  },
  {
    name: 'negotiate offers nothing',
    turnsRed: ['negotiate.v1.offers-three-transports', 'negotiate.claims.transports-only-websockets'],
    answer: changedJson('/client/negotiate', (body) => ({ ...body, availableTransports: [] })),
  },
];
