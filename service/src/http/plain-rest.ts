import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppTargets } from './app.ts';
import type { HttpContext } from './http-context.ts';
import { sizeRefusal } from './request-size.ts';

const REST_PATH = '/api/';
// Whatever else may stand there is for the routes of the app to judge.
const PLAIN_HOST = /^[\w.-]+(:\d+)?$/;

/** Begins to answer a request; false when it does not, and somebody else must. */
export type FirstAnswer = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** Answers REST calls before the app looks at them: its routing would be a tenth of what a call costs. */
export function plainRest({ limits }: HttpContext, { answerRest }: Pick<AppTargets, 'answerRest'>): FirstAnswer {
  return (incoming, outgoing) => {
    const isPlain = incoming.url?.startsWith(REST_PATH) === true && PLAIN_HOST.test(incoming.headers.host ?? '');
    if (!isPlain || sizeRefusal(limits, incoming) !== undefined) return false;
    void answerRest(incoming, outgoing);
    return true;
  };
}
