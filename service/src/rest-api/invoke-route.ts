import { randomUUID } from 'node:crypto';
import type { ResultFailure, ResultOutcome } from '../hub/client-results.ts';
import { type ClientResult, readClientResult } from './client-result.ts';
import { readCallBody } from './message-body.ts';
import type { HubCall } from './rest-call.ts';
import { type ProblemDetails, RestProblem } from './rest-problem.ts';
import { type Answer, type HubRoute, hubRoute } from './route.ts';

const NO_CONNECTION = 'Error.Connection.NotExisted';

/** Calls a method of one client and waits for its result (rest-api 7.6). */
export const INVOKE_ROUTE: HubRoute = hubRoute('/connections/{connectionId}/:invoke', {
  methods: ['POST'],
  success: { dated: 200, v1: 200 },
  summary: 'Call a method of a client and wait for its result',
  query: ['application'],
  body: 'call',
  answer: 'result',
  missing: NO_CONNECTION,
  handle: invoke,
});

const FAILURES: Readonly<Record<ResultFailure, Pick<ProblemDetails, 'status' | 'code'>>> = {
  'no-connection': { status: 404, code: NO_CONNECTION },
  disconnected: { status: 404, code: NO_CONNECTION },
  'no-payload': { status: 400, code: 'Error.Connection.Invalid' },
  reported: { status: 400, code: 'Error.Connection.Invalid' },
  refused: { status: 503, code: 'Error.Unknown.Unknown' },
  'timed-out': { status: 504, code: 'Error.Connection.Unknown' },
};

async function invoke({ context, lane, parameters, readBody }: HubCall<'connectionId'>): Promise<Answer> {
  const makePayloads = readCallBody(await readBody());
  const invocationId = randomUUID();
  const { outcome } = lane.invoke({
    invocationId,
    connectionId: parameters.connectionId,
    callerServerId: context.instanceId,
    payloads: makePayloads(invocationId),
    timeoutMs: context.timers.restInvokeMs,
  });
  return answerOf(resultOf(await outcome));
}

function resultOf(outcome: ResultOutcome): ClientResult {
  if (outcome.kind === 'failed') throw new RestProblem({ ...FAILURES[outcome.why], message: outcome.error });
  const result = outcome.kind === 'completed' ? readClientResult(outcome.protocol, outcome.payload) : undefined;
  if (result !== undefined) return result;
  const message = 'The result that came from the client cannot be read.';
  throw new RestProblem({ status: 500, code: 'Error.Connection.Invalid', message });
}

function answerOf(result: ClientResult): Answer {
  switch (result.kind) {
    case 'error':
      throw new RestProblem({ ...FAILURES.reported, message: result.error });
    case 'void':
      return { json: '{}' };
    case 'value':
      return { json: `{"result":${result.json}}` };
    case 'raw': {
      const { protocol, bytes } = result;
      return { json: JSON.stringify({ result: Buffer.from(bytes).toString('base64'), protocol }) };
    }
  }
}
