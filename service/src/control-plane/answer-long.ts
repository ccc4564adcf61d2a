import { apiVersionIn } from './api-version.ts';
import type { ArmCall } from './arm-call.ts';
import { ArmError, armErrorOf, badRequest } from './arm-error.ts';
import type { LongRunningOperation, Outcome } from './long-running.ts';
import { PROVIDER } from './resource-id.ts';

const POLLS_HEADER = 'x-emulator-lro';
const POLLS_MAX = 100;
// Of all that can go wrong, this is known when the work has begun and not before.
const FIRST_LATE_STATUS = 409;
const RETRY_AT_ONCE = '0';

/** A call that may be answered before it is done. */
export interface LongWork {
  /** Where its status is asked for. */
  readonly location: string;
  /** Gives what makes the last answer. */
  readonly run: () => Promise<() => Response>;
  /** The first answer while the work is said to run; without it 202 and nothing else. */
  readonly begun?: () => Response;
  /** False: a client that is shown the status takes that for the result (control-plane 0.3). Default true. */
  readonly hasStatus?: boolean;
}

/** Answers at once, or in as many polls as the call asks for. Throws what `work` throws when it could not begin. */
export async function answerLong(call: ArmCall, work: LongWork): Promise<Response> {
  const polls = pollsOf(call);
  if (polls === 0) return (await work.run())();
  const outcome = await outcomeOf(work);
  const operation = call.context.operations.start(outcome, polls);
  const first = outcome.kind === 'succeeded' ? work.begun?.() : undefined;
  const answer = first ?? new Response(null, { status: 202 });
  for (const [name, value] of Object.entries(linksOf(call, work, operation))) answer.headers.set(name, value);
  return answer;
}

/** `GET operationStatuses/{operation}`. */
export function answerStatus(call: ArmCall): Response {
  const operation = requireOperation(call);
  const isDone = operation.poll();
  return Response.json(operation.status(call.url.pathname, isDone), {
    headers: isDone ? {} : { 'Retry-After': RETRY_AT_ONCE },
  });
}

/** `GET operationResults/{operation}`: 202 until it is done. */
export function answerResult(call: ArmCall): Response {
  const operation = requireOperation(call);
  if (!operation.poll()) {
    return new Response(null, { status: 202, headers: { Location: call.url.href, 'Retry-After': RETRY_AT_ONCE } });
  }
  const { outcome } = operation;
  if (outcome.kind === 'failed') throw outcome.error;
  return outcome.answer();
}

async function outcomeOf({ run }: LongWork): Promise<Outcome> {
  try {
    return { kind: 'succeeded', answer: await run() };
  } catch (thrown) {
    const error = armErrorOf(thrown);
    if (error === undefined || error.status < FIRST_LATE_STATUS) throw thrown;
    return { kind: 'failed', error };
  }
}

function pollsOf({ request, context }: ArmCall): number {
  const asked = request.headers.get(POLLS_HEADER);
  if (asked === null) return context.operations.defaultPolls;
  const polls = /^\d{1,3}$/.test(asked) ? Number(asked) : Number.NaN;
  if (polls <= POLLS_MAX) return polls;
  throw badRequest(`The header ${POLLS_HEADER} must be a number of polls from 0 to ${POLLS_MAX}.`, POLLS_HEADER);
}

function linksOf({ url, parameters }: ArmCall, { location, hasStatus = true }: LongWork, { id }: LongRunningOperation) {
  const place = `${url.origin}/subscriptions/${encodeURIComponent(parameters.subscription)}/providers/${PROVIDER}/locations/${encodeURIComponent(location)}`;
  const query = `api-version=${encodeURIComponent(apiVersionIn(url.searchParams) ?? '')}`;
  return {
    ...(hasStatus ? { 'Azure-AsyncOperation': `${place}/operationStatuses/${id}?${query}` } : {}),
    Location: `${place}/operationResults/${id}?${query}`,
    'Retry-After': RETRY_AT_ONCE,
  };
}

function requireOperation({ context, parameters }: ArmCall): LongRunningOperation {
  const operation = context.operations.find(parameters.operation);
  if (operation !== undefined) return operation;
  const text = 'There is no such operation. Its process has ended, or too many others came after it.';
  throw new ArmError(404, 'NotFound', text);
}
