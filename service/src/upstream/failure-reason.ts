import { assertNever } from '../errors.ts';
import type { UpstreamResponse } from './upstream-request.ts';

const STATUS_TEXT_CHARACTERS_MAX = 200;

/** Everything but success. */
export type UpstreamFailure = Exclude<UpstreamResponse, { kind: 'success' }>;

/** What a client is told whose invocation failed (upstream-and-emulator 2.4), as the cloud says it. */
export function completionError(failure: UpstreamFailure): string {
  switch (failure.kind) {
    case 'status':
      return `Invocation failed, status code ${failure.status}`;
    case 'no-answer':
      return 'Invocation failed, status code 500';
    case 'too-large':
      return 'Invocation failed, response too large.';
    case 'cancelled':
      return 'Invocation failed, response cancelled.';
    case 'broken-off':
      return `Invocation failed, error: ${failure.reason}.`;
    default:
      return assertNever(failure);
  }
}

/** The same for the log: what happened, and what to do. */
export function failureReason(failure: UpstreamFailure): string {
  switch (failure.kind) {
    case 'status':
      return statusReason(failure.status, failure.statusText.slice(0, STATUS_TEXT_CHARACTERS_MAX));
    case 'no-answer':
      return failure.reason;
    case 'too-large':
      return 'Its answer is too large.';
    case 'cancelled':
      return 'Its answer did not end in time.';
    case 'broken-off':
      return `Its answer broke off: ${failure.reason}.`;
    default:
      return assertNever(failure);
  }
}

function statusReason(status: number, statusText: string): string {
  const answer = `It answered ${status}${statusText === '' ? '' : ` ${statusText}`}.`;
  const hint = HINTS[status];
  return hint === undefined ? answer : `${answer} ${hint}`;
}

const HINTS: Readonly<Record<number, string>> = {
  401: 'Does its connection string hold the access key of this service, and its URL the right code?',
  404: 'Does it run, and does it have a function or a route for this hub, category and event?',
  415: 'It does not know the hub protocol of this client.',
};
