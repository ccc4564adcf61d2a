import type { HttpAnswer } from '../../peers/http.ts';
import type { Fault, SeenRequest } from '../fault.ts';
import { withText } from '../rewrites.ts';

const isPoll = ({ method, url }: SeenRequest) => method === 'GET' && url.startsWith('/client');
const isPost = ({ method, url }: SeenRequest) => method === 'POST' && url.startsWith('/client/?');

/** Answers to polls, changed. */
function polls(change: (answer: HttpAnswer, request: SeenRequest) => HttpAnswer): NonNullable<Fault['answer']> {
  return (answer, request) => (isPoll(request) ? change(answer, request) : answer);
}

export const LONG_POLLING_FAULTS: readonly Fault[] = [
  {
    name: 'empty polls are answered with 204',
    turnsRed: ['long-polling.first-poll.at-once', 'long-polling.idle.answered-with-nothing'],
    answer: polls((answer) => (answer.text === '' ? { ...answer, status: 204 } : answer)),
  },
  {
    name: 'polls may be cached, and have a type of text',
    turnsRed: ['long-polling.answers.not-cached', 'long-polling.poll.waits-for-messages'],
    answer: polls((answer) => ({ ...answer, headers: { 'content-type': 'text/plain' } })),
  },
  {
    name: 'a cache buster is not known',
    turnsRed: ['long-polling.cache-buster.is-ignored'],
    answer: polls((answer, { url }) => (url.includes('&_=') ? { ...answer, status: 400 } : answer)),
  },
  {
    name: 'every poll gets 200',
    turnsRed: [
      'long-polling.transport.not-offered',
      'long-polling.poll.replaced',
      'long-polling.end.by-the-server',
      'long-polling.interval.passed',
      'status-codes.get.without-id',
      'status-codes.get.unknown-id',
      'status-codes.id.of-another-hub',
      'status-codes.id.public-is-no-key',
      'status-codes.change.socket-to-poll',
      'status-codes.token.each-poll',
    ],
    answer: polls((answer) => ({ ...answer, status: 200 })),
  },
  {
    name: 'DELETE is answered with 200, always',
    turnsRed: [
      'long-polling.delete.ends',
      'status-codes.delete.without-id',
      'status-codes.delete.unknown-id',
      'status-codes.delete.on-socket',
      'status-codes.delete.on-events',
      'status-codes.token.each-delete',
    ],
    answer: (answer, { method }) => (method === 'DELETE' ? { ...answer, status: 200 } : answer),
  },
  {
    name: 'DELETE does nothing',
    turnsRed: ['long-polling.delete.tells-the-server'],
    request: (request) => (request.method === 'DELETE' ? { ...request, method: 'OPTIONS' } : request),
  },
  {
    name: 'polls lose a message, and characters',
    turnsRed: ['long-polling.poll.takes-all-that-waits', 'long-polling.serverless.greeted'],
    answer: polls((answer) => withText(answer, answer.text.replaceAll('[7]', '[8]').replaceAll('"news"', '"olds"'))),
  },
  {
    name: 'polls change bytes that are no text',
    turnsRed: ['long-polling.messagepack.as-bytes'],
    answer: polls((answer) => ({
      ...answer,
      body: Buffer.from(answer.body.map((byte) => (byte === 255 ? 254 : byte))),
    })),
  },
  {
    name: 'POSTs are cut',
    turnsRed: ['long-polling.post.several-messages', 'long-polling.post.before-the-first-poll'],
    request: (request) => (isPost(request) ? { ...request, body: request.body.subarray(0, 10) } : request),
  },
  {
    name: 'every POST gets 202',
    turnsRed: [
      'status-codes.post.without-id',
      'status-codes.post.unknown-id',
      'status-codes.post.on-socket',
      'status-codes.post.empty',
      'status-codes.token.each-post',
    ],
    answer: (answer, request) => (isPost(request) ? { ...answer, status: 202 } : answer),
  },
];
