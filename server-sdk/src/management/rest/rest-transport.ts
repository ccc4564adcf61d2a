// A hub through the REST API: nothing is kept open (rest-api 4.4).
import { setMaxListeners } from 'node:events';
import { NEWEST_REST_API_VERSION } from '@signalite/protocol';
import type { HubProtocols } from '../../client-connection/hub-protocols.ts';
import type { NegotiateRoute } from '../../endpoints/hub-endpoints.ts';
import { HubException, SignalRServerError } from '../../errors.ts';
import type { ClientCall } from '../../hub/hub-sender.ts';
import type { SendTarget } from '../../hub/send-target.ts';
import type { GroupMembersPage, GroupMembersQuery } from '../group-members.ts';
import type { HubCommand } from '../hub-command.ts';
import type { HubTransport } from '../hub-transport.ts';
import { withLimits } from '../linked-signal.ts';
import { commandCall } from './command-calls.ts';
import { readMembersPage } from './members-page.ts';
import { messageBody } from './message-body.ts';
import { parseJson, RequestRefusedError } from './request-refused-error.ts';
import type { RestCall } from './rest-call.ts';
import type { RestClient } from './rest-client.ts';
import { connectionPath, groupPath } from './rest-path.ts';
import { sendCalls } from './send-calls.ts';

/** Calls of one send to many that are under way at once. */
const CALLS_AT_ONCE = 16;
const NO_CONNECTION = 'Error.Connection.NotExisted';
const CLIENT_ERROR = 'Error.Connection.Invalid';

export interface RestTransportOptions {
  readonly client: RestClient;
  readonly protocols: HubProtocols;
  readonly clientResultTimeoutMs: number;
}

export class RestTransport implements HubTransport {
  readonly #options: RestTransportOptions;
  readonly #closing = new AbortController();

  constructor(options: RestTransportOptions) {
    this.#options = options;
    // Each operation that is under way listens to it.
    setMaxListeners(0, this.#closing.signal);
  }

  async start(): Promise<void> {
    this.#closing.signal.throwIfAborted();
  }

  async send(target: SendTarget, call: ClientCall, signal: AbortSignal): Promise<void> {
    const waiting = sendCalls(target, messageBody(call, this.#options.protocols));
    const work = async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await this.#call(one, signal);
    };
    try {
      await Promise.all(Array.from({ length: Math.min(waiting.length, CALLS_AT_ONCE) }, work));
    } finally {
      // After a failure no more are begun.
      waiting.length = 0;
    }
  }

  async invoke(connectionId: string, call: ClientCall, signal: AbortSignal): Promise<unknown> {
    const { clientResultTimeoutMs: timeoutMs, protocols } = this.#options;
    const path = connectionPath(connectionId, '/:invoke');
    const body = messageBody(call, protocols);
    const question = { method: 'POST', path, body, timeoutMs, apiVersion: NEWEST_REST_API_VERSION } as const;
    try {
      const answer = await this.#call({ ...question, isRepeatable: false }, signal);
      return readResult(answer);
    } catch (error) {
      throw resultError(error);
    }
  }

  async perform(command: HubCommand, signal: AbortSignal): Promise<boolean> {
    return (await this.#call(commandCall(command), signal)) !== undefined;
  }

  async groupMembers(
    { group, pageSize, continuationToken }: GroupMembersQuery,
    signal: AbortSignal,
  ): Promise<GroupMembersPage> {
    const query: [string, string][] = [['maxpagesize', `${pageSize}`]];
    if (continuationToken !== undefined) query.push(['continuationToken', continuationToken]);
    const path = groupPath(group, '/connections');
    const page = { method: 'GET', path, query, apiVersion: NEWEST_REST_API_VERSION, isRepeatable: true } as const;
    return readMembersPage((await this.#call(page, signal)) ?? '');
  }

  route(): Promise<NegotiateRoute> {
    return Promise.resolve({ kind: 'endpoint', endpoint: this.#options.client.endpoint });
  }

  close(): Promise<void> {
    this.#closing.abort(new SignalRServerError('closed', 'The management client is closed.'));
    return Promise.resolve();
  }

  /** The answer's text; undefined when what is named is not there. */
  async #call(call: RestCall, signal: AbortSignal): Promise<string | undefined> {
    const signals = [signal, this.#closing.signal];
    const answer = await withLimits({ signals }, (limited) => this.#options.client.call(call, limited));
    return answer.found ? answer.text : undefined;
  }
}

function readResult(text: string | undefined): unknown {
  const answer = parseJson(text ?? '');
  if (typeof answer !== 'object' || answer === null) {
    throw new SignalRServerError('request-failed', 'The service answered with a result that cannot be read.');
  }
  // As hubs say it.
  if (!('result' in answer)) throw new HubException("Client didn't provide a result.");
  return answer.result;
}

/** What hubs throw for the same (rest-api 7.6). */
function resultError(error: unknown): unknown {
  if (!(error instanceof SignalRServerError)) return error;
  if (error.code === 'request-timeout') return timedOut(error);
  if (!(error instanceof RequestRefusedError)) return error;
  const { serviceCode, status, words } = error;
  if (status === 504) return timedOut(error);
  if (status === 404 && serviceCode === NO_CONNECTION) {
    return new SignalRServerError('client-result-failed', words, { cause: error });
  }
  return status === 400 && serviceCode === CLIENT_ERROR ? new HubException(words, { cause: error }) : error;
}

function timedOut(cause: unknown): SignalRServerError {
  return new SignalRServerError('client-result-timeout', 'Invocation timed out.', { cause });
}
