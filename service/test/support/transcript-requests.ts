// What transcripts keep of requests: paths, the headers that matter, claims, the answer to negotiate.

import type { IncomingMessage } from 'node:http';
import { decodeJwt } from 'jose';
import type { TranscriptClaims } from './transcript-line.ts';
import { TIME } from './transcript-message.ts';
import type { TranscriptNames } from './transcript-names.ts';

/** The service is addressed by this name in every recording and replay: it reaches app servers as a header. */
export const TRANSCRIPT_HOST = 'signalite.test';

const TIME_CLAIMS = ['nbf', 'exp', 'iat'];
const SERVER_HEADERS = ['x-asrs-server-id', 'asrs-user-agent'];
const NOT_OF_CLIENTS = /^(?:authorization|connection|upgrade|host|content-length|sec-websocket-.*)$/i;
const REQUEST_ID = /asrs_request_id=([^&]+)/;
const COMPARED_TRANSPORT = 'WebSockets';

export function tokenOf({ headers }: IncomingMessage): string {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw new Error('a request without a bearer token cannot be recorded');
  return token;
}

export function claimsOf(token: string, names: TranscriptNames): TranscriptClaims {
  const claims = Object.entries(decodeJwt(token)).map(([type, value]) => [
    type,
    TIME_CLAIMS.includes(type) ? TIME : value,
  ]);
  return JSON.parse(names.hide(JSON.stringify(Object.fromEntries(claims))));
}

/** Claims for a token of today. */
export function claimsNow(claims: TranscriptClaims): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const times: Readonly<Record<string, number>> = { nbf: now, iat: now, exp: now + 3600 };
  return Object.fromEntries(
    Object.entries(claims).map(([type, value]) => [type, value === TIME ? times[type] : value]),
  );
}

/** The request's target; the id that the app server gave the request is named after `number`. */
export function pathOf({ url = '' }: IncomingMessage, names: TranscriptNames, number: number): string {
  names.learn(REQUEST_ID.exec(url)?.[1] ?? '', `r${number}`);
  return names.hide(url);
}

/** The server's name and its SDK's version; nothing of its machine. */
export function headersOfServer({ headers }: IncomingMessage, names: TranscriptNames): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of SERVER_HEADERS) {
    const [product] = String(headers[name] ?? '').split(/[ +]/);
    if (product !== undefined && product !== '') kept[name] = names.hide(product);
  }
  return kept;
}

/** Everything that the service might tell the app server, in the order and the case of the client. */
export function headersOfClient({ rawHeaders }: IncomingMessage): Record<string, string> {
  const kept: Record<string, string> = {};
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!NOT_OF_CLIENTS.test(name)) kept[name] = rawHeaders[index + 1] ?? '';
  }
  return kept;
}

/** A negotiate answer as it is compared: what other transports there are is no matter of Default mode's traffic. */
export function comparableAnswer(text: string, names: TranscriptNames): unknown {
  const answer: unknown = JSON.parse(names.hide(text));
  if (typeof answer !== 'object' || answer === null || !('availableTransports' in answer)) return answer;
  const { availableTransports } = answer;
  if (!Array.isArray(availableTransports)) return answer;
  return {
    ...answer,
    availableTransports: availableTransports.filter(({ transport }) => transport === COMPARED_TRANSPORT),
  };
}
