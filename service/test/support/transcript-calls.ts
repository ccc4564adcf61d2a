// What transcripts keep of REST calls and their answers.

import type { IncomingMessage } from 'node:http';
import { decodeJwt } from 'jose';
import type { HttpAnswer } from './http-request.ts';
import type { Deed, Outcome } from './transcript-line.ts';
import type { TranscriptNames } from './transcript-names.ts';
import { writePayload } from './transcript-payload.ts';
import { claimsOf, tokenOf } from './transcript-requests.ts';

type Call = Extract<Deed, { does: 'call' }>;

const CALL_HEADERS = ['content-type', 'asrs-user-agent'];
const REPLY_HEADERS = ['content-type', 'www-authenticate', 'x-ms-error-code'];

/** Everything of a call but who makes it, and its body. */
export function callOf(request: IncomingMessage, names: TranscriptNames): Omit<Call, 'does' | 'who' | 'payload'> {
  const { method = '', url = '' } = request;
  const call = { method, path: names.hide(url), headers: headersOfCaller(request) };
  if (request.headers.authorization === undefined) return call;
  learnCaller(request, names);
  return { ...call, claims: claimsOf(tokenOf(request), names) };
}

/** The name that an SDK gives itself in its token: its machine is in it. */
export function learnCaller(request: IncomingMessage, names: TranscriptNames): void {
  names.learnNext(String(decodeJwt(tokenOf(request))['nameid'] ?? ''), 'caller');
}

/** The headers that a service may look at; of the agent its product and version, nothing of its machine. */
export function headersOfCaller({ headers }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of CALL_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = name === 'asrs-user-agent' ? (/^[^ +]*/.exec(value)?.[0] ?? '') : value;
  }
  return kept;
}

export function replyOf(who: string, { status, headers, bytes }: HttpAnswer, names: TranscriptNames): Outcome {
  const kept: Record<string, string> = {};
  for (const name of REPLY_HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') kept[name] = names.hide(value);
  }
  return { gets: 'reply', who, status, headers: kept, payload: writePayload(names.hideBytes(bytes)) };
}
