import type { Fault } from '../fault.ts';
import { changedJson } from '../rewrites.ts';

const isNegotiate = (url: string): boolean => url.startsWith('/client/negotiate');
const changed = (change: Parameters<typeof changedJson>[1]) => changedJson('/client/negotiate', change);

export const NEGOTIATE_FAULTS: readonly Fault[] = [
  {
    name: 'negotiate gives the id as the token',
    turnsRed: ['negotiate.v1.token-differs-from-id'],
    answer: changed((body) => ({ ...body, connectionToken: body['connectionId'] })),
  },
  {
    name: 'negotiate offers nothing',
    turnsRed: [
      'negotiate.v1.offers-three-transports',
      'negotiate.claims.transports-only-websockets',
      'negotiate.claims.transports-only-serversentevents',
      'negotiate.claims.transports-only-longpolling',
    ],
    answer: changed((body) => ({ ...body, availableTransports: [] })),
  },
  {
    name: 'negotiate is always of version 0',
    turnsRed: [
      'negotiate.v1.version-is-one',
      'negotiate.version.above-one-is-one',
      'negotiate.query-names-have-no-case',
    ],
    answer: changed((body) => ({ ...body, negotiateVersion: 0 })),
  },
  {
    name: 'negotiate always has a token, and wants stateful reconnect',
    turnsRed: [
      'negotiate.v0.has-no-token',
      'negotiate.answer.stateful-only-when-asked',
      'negotiate.answer.ids-are-unique',
    ],
    answer: changed((body) => ({ ...body, connectionId: 'i', connectionToken: 't', useStatefulReconnect: true })),
  },
  {
    name: 'negotiate asks for no version',
    turnsRed: ['negotiate.version.must-be-integer'],
    request: (request) => ({ ...request, url: request.url.replace(/&negotiateVersion=\w+/i, '') }),
  },
  {
    name: 'negotiate answers with text',
    turnsRed: ['negotiate.answer.is-json-with-length'],
    answer: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-type': 'text/plain' } }),
  },
  {
    name: 'negotiate is refused',
    turnsRed: ['negotiate.path.with-slash', 'negotiate.hub.has-no-case'],
    answer: (answer, { url }) => (isNegotiate(url) ? { ...answer, status: 404 } : answer),
  },
  {
    name: 'negotiate takes everything',
    turnsRed: ['negotiate.method.must-be-post', 'negotiate.hub.must-be-there', 'negotiate.hub.must-be-one'],
    answer: (answer, { url }) => (isNegotiate(url) ? { ...answer, status: 200 } : answer),
  },
  {
    name: 'pages are told nothing',
    turnsRed: [
      'negotiate.cors.preflight-needs-no-token',
      'negotiate.cors.answer-names-the-origin',
      'negotiate.cors.refusal-names-the-origin',
    ],
    answer: (answer) => ({
      ...answer,
      headers: Object.fromEntries(
        Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-')),
      ),
    }),
  },
];
