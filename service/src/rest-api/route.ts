// What a route is: a typed row of the table (rest-api 4). Its path says which parameters its handler gets.

import type { ApiFamily } from './api-family.ts';
import type { QueryName } from './call-query.ts';
import type { HubCall, RestCall, RouteParameters } from './rest-call.ts';
import type { ErrorCode } from './rest-problem.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';

/** Names in braces of a path. */
type NamesIn<P extends string> = P extends `${string}{${infer N extends keyof RouteParameters}}${infer Rest}`
  ? N | NamesIn<Rest>
  : never;

/** What a call brings in its body. */
export type BodyKind = 'call' | 'json-call' | 'item' | 'commands';

/** What a call gets when it succeeds: no body; `{}` in the dated API only; JSON of its own. */
export type AnswerKind = 'empty' | 'service-response' | 'token' | 'access-key' | 'result' | 'members' | 'document';

/** What a handler gives: nothing more than success, or a body as JSON text. */
export type Answer = undefined | { readonly json: string };

interface RouteFacts {
  readonly methods: readonly Method[];
  /** Status of success, for each family under which the route is served. */
  readonly success: Partial<Record<ApiFamily, number>>;
  /** For the OpenAPI document. */
  readonly summary: string;
  readonly query?: readonly QueryName[];
  readonly body?: BodyKind;
  /** Default `empty`. */
  readonly answer?: AnswerKind;
  /** Code of a 404. */
  readonly missing?: ErrorCode;
}

interface Handled<C> extends RouteFacts {
  readonly handle: (call: C) => Answer | Promise<Answer>;
}

/** A route on a hub. Its path starts behind the hub's name. */
export type HubRoute = Handled<HubCall> & { readonly on: 'hub'; readonly path: string };

/** A route on the service itself. Its path starts behind the version. */
export type ServiceRoute = Handled<RestCall> & {
  readonly on: 'service';
  readonly path: string;
  /** Served without a token, whatever `strictApiVersion` says. */
  readonly isAnonymous: boolean;
};

export type Route = HubRoute | ServiceRoute;

/** A row for a hub: the handler sees the parameters that the path names, and no others. */
export function hubRoute<const P extends string>(path: P, row: Handled<HubCall<NamesIn<P>>>): HubRoute {
  return { on: 'hub', path, ...row };
}

export function serviceRoute(path: string, row: Handled<RestCall> & { readonly isAnonymous: boolean }): ServiceRoute {
  return { on: 'service', path, ...row };
}
