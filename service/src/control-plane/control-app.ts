// The HTTP routes of the control port: Azure Resource Manager for the resources of this process (control-plane 1, 3).

import { Hono } from 'hono';
import type { Resources } from '../resources/resources.ts';
import { readApiVersion } from './api-version.ts';
import { ArmCall, type ControlContext } from './arm-call.ts';
import { ArmError, armErrorOf } from './arm-error.ts';
import { type ArmMethods, ArmRoutes } from './arm-routes.ts';
import { CONTROL_ROUTES } from './control-routes.ts';
import { callerProblem } from './host-guard.ts';
import { LongRunningOperations } from './long-running.ts';
import { addRequestIds } from './request-ids.ts';

const MAX_BODY_BYTES = 1_048_576;
const BODY_TIMEOUT_MS = 10_000;
const GREETING = `This is the control port of signalite. It speaks the REST API of Azure Resource Manager
(Microsoft.SignalRService) for the SignalR resources of this process.

List them:   GET /subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.SignalRService/signalR?api-version=2023-02-01
Or use the command line: signalite list

Clients and app servers belong elsewhere: to the endpoint of a connection string (signalite key list).
`;

/** Options of `createControlApp`. */
export interface ControlAppOptions {
  readonly resources: Resources;
  /** Routes that stand beside those of Azure Resource Manager. They are asked first, and behind the same guard. */
  readonly extensions?: readonly Hono[];
  /** Polls until a long-running operation is said to be done; a call may ask for others. Default 0: answered at once. */
  readonly longRunningPolls?: number;
  /** Where a resource that does not run will be reached. Default: its port on localhost, over HTTP. */
  readonly endpointOf?: (port: number) => string;
  /** Bytes of a body. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Time until a body is there. Default 10 s. */
  readonly bodyTimeoutMs?: number;
  /** Told of what nobody foresaw. Default: nobody. */
  readonly onFault?: (message: string) => void;
  /** Told of calls of web pages and calls that were meant for another machine. Default: nobody. */
  readonly onRefused?: (refusal: RefusedCaller) => void;
}

export interface RefusedCaller {
  readonly path: string;
  readonly status: number;
  readonly reason: string;
}

/** Makes the app. Any bearer token will do, or none: who reaches loopback may do everything. */
export function createControlApp(options: ControlAppOptions): Hono {
  const { extensions = [], onFault, onRefused } = options;
  const context = contextOf(options);
  const routes = new ArmRoutes(CONTROL_ROUTES);
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    addRequestIds(c.req.raw, c.res);
  });
  app.use(async (c, next) => {
    const refusal = callerProblem(c.req.raw);
    if (refusal === undefined) return await next();
    onRefused?.({ path: c.req.path, status: refusal.status, reason: refusal.message });
    return refusal.toResponse();
  });
  app.get('/', (c) => c.text(GREETING));
  for (const extension of extensions) app.route('/', extension);
  app.all('*', (c) => answer(routes, context, c.req.raw));
  app.onError((error) => {
    const known = armErrorOf(error);
    if (known !== undefined) return known.toResponse();
    onFault?.(error.message);
    return new ArmError(500, 'InternalServerError', 'Something unforeseen went wrong. The log has more.').toResponse();
  });
  return app;
}

function contextOf(options: ControlAppOptions): ControlContext {
  return {
    resources: options.resources,
    operations: new LongRunningOperations(options.longRunningPolls ?? 0),
    endpointOf: options.endpointOf ?? ((port) => `http://localhost:${port}`),
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
  };
}

function answer(routes: ArmRoutes, context: ControlContext, request: Request): Response | Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const found = match(routes, pathname);
  if (found === undefined) {
    const text = `Nothing is at ${pathname}. GET / says what this port serves.`;
    throw new ArmError(404, 'NotFound', text);
  }
  readApiVersion(searchParams);
  return handlerOf(found.methods, request.method)(new ArmCall(context, request, found.parameters));
}

function match(routes: ArmRoutes, path: string) {
  try {
    return routes.match(path);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw new ArmError(400, 'BadRequest', 'The path cannot be decoded. Encode each of its parts as UTF-8.');
  }
}

/** Throws `ArmError` 405. */
function handlerOf(methods: ArmMethods, method: string) {
  const asked = method === 'HEAD' ? 'GET' : method;
  const handlers = new Map(Object.entries(methods));
  const handler = handlers.get(asked);
  if (handler !== undefined) return handler;
  const allow = [...handlers.keys()].join(', ');
  const text = `${method} cannot be used here. Allowed: ${allow}.`;
  throw new ArmError(405, 'MethodNotAllowed', text, { headers: { Allow: allow } });
}
