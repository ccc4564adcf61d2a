import type { IncomingMessage } from 'node:http';
import type { VerifiedToken } from '../auth/verified-token.ts';
import type { HubLane } from '../hub/hub-operations.ts';
import type { CallQuery } from './call-query.ts';
import type { RequestBody } from './request-body.ts';
import type { RestContext } from './rest-context.ts';

/** Everything that a path can name, decoded. */
export interface RouteParameters {
  readonly connectionId: string;
  readonly user: string;
  readonly group: string;
  readonly streamId: string;
  /** v1-preview: comma-separated lists. */
  readonly users: string;
  readonly groups: string;
}

/** One call whose token and parameters were checked. */
export interface RestCall {
  readonly context: RestContext;
  readonly request: IncomingMessage;
  /** Undefined where none is asked for. */
  readonly token: VerifiedToken | undefined;
  /** As it came, without the query. */
  readonly rawPath: string;
  readonly query: CallQuery;
  /** Throws `RestProblem` when it does not come, or is too large. */
  readonly readBody: () => Promise<RequestBody>;
}

/** A call on a hub; `N` are the parameters that its path names. */
export interface HubCall<N extends keyof RouteParameters = keyof RouteParameters> extends RestCall {
  readonly parameters: Pick<RouteParameters, N>;
  /** `[application_]hub`, lower case. */
  readonly hubKey: string;
  readonly lane: HubLane;
}
