// What goes wrong with a call, as callers see it (rest-api 6).

import { NETWORK_REFUSAL_TEXT } from '../http/network-refusal.ts';

type Level = 'Info' | 'Warning' | 'Error';
type Scope = 'Unknown' | 'Request' | 'Connection' | 'User' | 'Group';
type ErrorKind = 'Unknown' | 'NotExisted' | 'NotInGroup' | 'Invalid';

/** Value of `x-ms-error-code`. SDKs decide by it, so each one is part of the API. */
export type ErrorCode = `${Level}.${Scope}.${ErrorKind}`;

export interface ProblemDetails {
  readonly status: number;
  readonly code: ErrorCode;
  /** For people: what is wrong and what to do. */
  readonly message: string;
  /** Parameter that is at fault. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends a call with an error status. Thrown by whoever finds it, answered in one place. */
export class RestProblem extends Error {
  override readonly name = 'RestProblem';
  readonly details: ProblemDetails;

  constructor(details: ProblemDetails) {
    super(details.message);
    this.details = details;
  }
}

/** 400: the call itself is wrong. `target`: the parameter at fault. */
export function invalidRequest(message: string, target?: string): RestProblem {
  const details = { status: 400, code: 'Error.Request.Invalid', message } as const;
  return new RestProblem(target === undefined ? details : { ...details, target });
}

/** 404 for something that a call names. */
export function notExisting(code: ErrorCode, message: string): RestProblem {
  return new RestProblem({ status: 404, code, message });
}

/** 404 for a connection that a call needs. */
export function noSuchConnection(code: ErrorCode, connectionId: string): RestProblem {
  return notExisting(code, `Connection '${connectionId}' does not exist.`);
}

export const Problems = {
  noRoute: {
    status: 404,
    code: 'Error.Request.NotExisted',
    message: 'No operation has this path. GET /api/openapi.json lists all of them.',
  },
  brokenPath: { status: 400, code: 'Error.Request.Invalid', message: 'The path holds a broken percent escape.' },
  stopping: {
    status: 503,
    code: 'Error.Unknown.Unknown',
    message: 'The service is shutting down. Try again later.',
  },
  network: { status: 403, code: 'Error.Request.Invalid', message: NETWORK_REFUSAL_TEXT },
  // control-plane 8.2
  messageLimit: {
    status: 429,
    code: 'Error.Request.Invalid',
    message: 'Message count reaches limit. It is counted anew from 00:00 UTC on.',
  },
  fault: { status: 500, code: 'Error.Unknown.Unknown', message: 'Internal server error.' },
  bodyMissing: { status: 400, code: 'Error.Request.Invalid', message: 'A body is needed.', target: 'message' },
  bodyTooSlow: {
    status: 400,
    code: 'Error.Request.Invalid',
    message: 'The body did not come in time. Send it again.',
    headers: { Connection: 'close' },
  },
  bodyAborted: { status: 400, code: 'Error.Request.Invalid', message: 'The body is cut off.' },
  noAccessKeys: {
    status: 403,
    code: 'Error.Request.Invalid',
    message: 'This service hands out no access keys. Use a connection string with an AccessKey.',
  },
  entraTokenNeeded: {
    status: 403,
    code: 'Error.Request.Invalid',
    message: 'Access keys are handed out for tokens of Microsoft Entra ID. Whoever has a key needs no other.',
  },
} as const satisfies Record<string, ProblemDetails>;
