import type { Fault } from '../fault.ts';
import { changedJson } from '../rewrites.ts';

export const STATUS_CODE_FAULTS: readonly Fault[] = [
  {
    name: 'refused upgrades of clients get 403',
    turnsRed: [
      'status-codes.socket.unknown-id',
      'status-codes.socket.not-offered',
      'status-codes.socket.second',
      'status-codes.change.poll-to-socket',
    ],
    answer: (answer, { headers }) => (headers['upgrade'] === 'websocket' ? { ...answer, status: 403 } : answer),
  },
  {
    name: 'other methods get 501',
    turnsRed: ['status-codes.method.put', 'status-codes.method.patch', 'status-codes.method.head'],
    answer: (answer, { method }) => (['PUT', 'PATCH', 'HEAD'].includes(method) ? { ...answer, status: 501 } : answer),
  },
  {
    name: 'paths of clients need their slash',
    turnsRed: ['status-codes.client.without-slash'],
    answer: (answer, { url }) => (url.startsWith('/client?') ? { ...answer, status: 404 } : answer),
  },
  {
    name: 'negotiate offers every transport to everybody',
    turnsRed: ['status-codes.offered.limited-by-token'],
    answer: changedJson('/client/negotiate', (body) => ({ ...body, availableTransports: [] })),
  },
];
