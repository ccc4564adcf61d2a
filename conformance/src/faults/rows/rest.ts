// Faults of the REST API. Many routes fail alike: their checks are named by what they begin with.

import type { Check } from '../../check.ts';
import { REST_CALL_CHECKS } from '../../checks/rest-calls.ts';
import { REST_CLOSING_CHECKS } from '../../checks/rest-closing.ts';
import { REST_GROUP_CHECKS } from '../../checks/rest-groups.ts';
import { REST_REFUSAL_CHECKS } from '../../checks/rest-refusals.ts';
import { REST_ROUTE_CHECKS } from '../../checks/rest-routes.ts';
import { REST_SEND_CHECKS } from '../../checks/rest-sends.ts';
import type { HttpAnswer } from '../../peers/http.ts';
import type { Fault, SeenRequest } from '../fault.ts';
import { withText } from '../rewrites.ts';

const isRest = ({ url }: SeenRequest) => url.startsWith('/api/');

/** Ids that begin so, of checks that may be written to any number. */
function beginning(checks: readonly Check[], ...starts: readonly string[]): readonly string[] {
  return checks.map(({ id }) => id).filter((id) => starts.some((start) => id.startsWith(start)));
}

function answers(change: (answer: HttpAnswer, request: SeenRequest) => HttpAnswer): NonNullable<Fault['answer']> {
  return (answer, request) => (isRest(request) ? change(answer, request) : answer);
}

function bodies(change: (text: string) => string): NonNullable<Fault['request']> {
  return (request) => {
    if (!isRest(request) || request.body.length === 0) return request;
    const body = Buffer.from(change(request.body.toString('latin1')), 'latin1');
    return { ...request, body };
  };
}

function paths(from: string | RegExp, to: string, method?: string): NonNullable<Fault['request']> {
  return (request) => {
    if (!isRest(request) || (method !== undefined && request.method !== method)) return request;
    return { ...request, url: request.url.replace(from, to) };
  };
}

export const REST_FAULTS: readonly Fault[] = [
  {
    name: 'REST sends have another target',
    turnsRed: [
      ...beginning(REST_ROUTE_CHECKS, 'rest-routes.send.'),
      ...beginning(
        REST_SEND_CHECKS,
        'rest-sends.json.',
        'rest-sends.messagepack.',
        'rest-sends.messagepack-body.',
      ).filter((id) => !id.endsWith('.big-numbers')),
      ...['rest-sends.excluded.one', 'rest-sends.names.with-slashes', 'rest-sends.hub.has-no-case'],
      ...['rest-calls.execute.all', 'rest-calls.execute.filter'],
      ...beginning(REST_CALL_CHECKS, 'rest-calls.invoke.result'),
      ...['rest-calls.invoke.void', 'rest-calls.invoke.error'],
    ],
    request: bodies((text) => text.replace('news', 'olds').replace('"Ask"', '"Tell"').replace('for-l', 'for-L')),
  },
  {
    name: 'REST sends round numbers',
    turnsRed: ['rest-sends.json.big-numbers', 'rest-sends.messagepack.big-numbers', 'rest-sends.order.is-kept'],
    request: bodies((text) => text.replace('9223372036854775807', '9223372036854775000').replace('[7]', '[8]')),
  },
  {
    name: 'ready messages are mixed up',
    turnsRed: ['rest-sends.ready.json', 'rest-sends.ready.messagepack', 'rest-sends.ready.other-protocol'],
    toClient: ({ data, isBinary }) => [
      {
        data: Buffer.from(
          data
            .toString('latin1')
            .replace('for json', 'for JSON')
            .replace('for messagepack', 'for MESSAGEPACK')
            .replace('fence', 'fences'),
          'latin1',
        ),
        isBinary,
      },
    ],
  },
  {
    name: 'excluded connections are not excluded, and applications do not count',
    turnsRed: [
      'rest-sends.excluded.one',
      'rest-sends.application.is-part-of-the-hub',
      ...beginning(REST_CLOSING_CHECKS, 'rest-closing.hub.excluded', 'rest-closing.user.ex', 'rest-closing.group.ex'),
    ],
    request: paths(/([?&])(excluded|application)=/g, '$1x='),
  },
  {
    name: 'REST refuses what it should take',
    turnsRed: [
      ...['rest-sends.nobody.is-accepted', 'rest-groups.leave.unknown-connection', 'rest-calls.token.opens'],
      ...beginning(REST_ROUTE_CHECKS, 'rest-routes.health.'),
      ...beginning(REST_REFUSAL_CHECKS, 'rest-refusals.audience.'),
    ],
    answer: answers((answer) => ({ ...answer, status: 403 })),
  },
  {
    name: 'REST takes what it should refuse',
    turnsRed: [
      ...beginning(REST_REFUSAL_CHECKS, 'rest-refusals.').filter(
        (id) => !id.includes('.audience.') && !id.includes('.cors.'),
      ),
      ...beginning(REST_GROUP_CHECKS, 'rest-groups.members.refused.'),
      ...['rest-groups.join.unknown-connection', 'rest-groups.user.ttl-negative', 'rest-groups.user.ttl-passes'],
      ...['rest-closing.connection.unknown', 'rest-closing.connection.is-gone-at-once'],
      ...['rest-calls.invoke.unknown-connection', 'rest-calls.execute.bad-filter'],
      ...beginning(REST_ROUTE_CHECKS, 'rest-routes.exists.').filter((id) => id.endsWith('.no')),
    ],
    answer: answers((answer) => ({ ...answer, status: 200 })),
  },
  {
    name: 'nothing exists',
    turnsRed: beginning(REST_ROUTE_CHECKS, 'rest-routes.exists.').filter((id) => id.endsWith('.yes')),
    answer: answers((answer, { method }) => (['GET', 'HEAD'].includes(method) ? { ...answer, status: 404 } : answer)),
  },
  {
    name: 'refusals have no codes and no origins',
    turnsRed: [
      ...beginning(REST_ROUTE_CHECKS, 'rest-routes.exists.').filter((id) => id.endsWith('.no')),
      ...['rest-groups.join.unknown-connection', 'rest-closing.connection.unknown', 'rest-refusals.cors.echoes'],
      ...beginning(REST_REFUSAL_CHECKS, 'rest-refusals.error.'),
    ],
    answer: answers((answer) => ({ ...answer, headers: { 'content-type': 'application/xml' } })),
  },
  {
    name: 'nobody joins by REST',
    turnsRed: [
      ...beginning(REST_GROUP_CHECKS, 'rest-groups.join.').filter((id) => !id.includes('unknown')),
      ...['rest-groups.user.later-connections', 'rest-groups.user.ttl-zero', 'rest-groups.members.pages'],
    ],
    request: paths(/crew/g, 'somewhere-else', 'PUT'),
  },
  {
    name: 'nobody leaves by REST',
    turnsRed: [
      ...beginning(REST_GROUP_CHECKS, 'rest-groups.leave.').filter((id) => !id.includes('unknown')),
      ...beginning(REST_GROUP_CHECKS, 'rest-groups.leave-all.'),
      'rest-groups.user.leaves-by-any-way',
    ],
    request: paths(/\/api\/.*/, '/api/health', 'DELETE'),
    answer: answers((answer, { url }) => (url === '/api/health' ? { ...answer, status: 200 } : answer)),
  },
  {
    name: 'a ttl does not count',
    turnsRed: ['rest-groups.user.ttl-zero', 'rest-groups.user.ttl-passes', 'rest-groups.user.ttl-negative'],
    request: paths(/([?&])ttl=/, '$1x='),
  },
  {
    name: 'groups have one member always',
    turnsRed: ['rest-groups.members.pages', 'rest-groups.members.of-nobody'],
    answer: answers((answer, { url }) =>
      url.includes('/connections?') ? withText(answer, '{"value":[{"connectionId":"x"}]}') : answer,
    ),
  },
  {
    name: 'REST closes nobody',
    turnsRed: beginning(REST_CLOSING_CHECKS, 'rest-closing.').filter((id) => !id.endsWith('.unknown')),
    request: (request) =>
      paths(/\/connections\/[\w-]+/, '/connections/nobody', 'DELETE')(paths(/check\w+\//, 'nohub/', 'POST')(request)),
  },
  {
    name: 'streams have another id, and tokens another lifetime',
    turnsRed: [...beginning(REST_CALL_CHECKS, 'rest-calls.streams.'), 'rest-calls.token.opens'],
    request: (request) =>
      paths('/streams/7/', '/streams/8/')(paths(':generateToken?', ':generateToken?minutesToExpire=5&')(request)),
  },
  {
    name: 'tokens that are made are for every hub',
    turnsRed: ['rest-calls.token.of-other-hub'],
    answer: (answer, { url }) => (url.startsWith('/client/negotiate') ? { ...answer, status: 200 } : answer),
  },
  {
    name: 'errors of clients are successes, and voids are null',
    turnsRed: ['rest-calls.invoke.void', 'rest-calls.invoke.error'],
    answer: answers((answer, { url }) =>
      url.includes(':invoke') ? withText({ ...answer, status: 200 }, 'null') : answer,
    ),
  },
];
