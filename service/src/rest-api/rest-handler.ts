// One call from its request to its answer (rest-api 2-6).

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Verification } from '../auth/verification.ts';
import type { VerifiedToken } from '../auth/verified-token.ts';
import { corsHeaders, preflightHeaders } from '../http/cors.ts';
import { isRefusedByNetwork } from '../http/network-refusal.ts';
import type { Hub } from '../hub/hub.ts';
import type { HubLane } from '../hub/hub-operations.ts';
import { API_VERSIONS, type ApiFamily, familyOf } from './api-family.ts';
import { authorize } from './authorize.ts';
import { CallQuery } from './call-query.ts';
import { checkNames, hubKeyOf } from './name-rules.ts';
import { problemReply, type Reply, successReply, tokenRefusalReply, writeReply } from './reply.ts';
import { readRequestBody } from './request-body.ts';
import type { HubCall, RestCall } from './rest-call.ts';
import type { RestContext } from './rest-context.ts';
import { invalidRequest, Problems, RestProblem } from './rest-problem.ts';
import { type RestTarget, readRestTarget } from './rest-target.ts';
import type { FoundRoute, RouteTable, ServedRoute } from './route-table.ts';
import { createRouteTable } from './routes.ts';

/** Answers requests below `/api`. Never rejects. */
export type RestHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Makes the REST API of one resource. */
export function createRestHandler(context: RestContext): RestHandler {
  const api: Api = { context, routes: createRouteTable(), laneOf: lanesOf() };
  return async (incoming, outgoing) => {
    const { headers, method = '' } = incoming;
    const allowed = context.settings.current.allowedOrigins;
    if (method === 'OPTIONS') {
      const asked = {
        method: headers['access-control-request-method'],
        headers: headers['access-control-request-headers'],
      };
      outgoing.writeHead(204, preflightHeaders({ origin: headers.origin, ...asked }, allowed));
      outgoing.end();
      return;
    }
    const startedAt = performance.now();
    const reply = await answer(api, incoming);
    const milliseconds = performance.now() - startedAt;
    context.events.emit({ name: 'restAnswered', method, status: reply.status, milliseconds });
    writeReply(outgoing, reply, { isHead: method === 'HEAD', headers: corsHeaders(headers.origin, allowed) });
  };
}

interface Api {
  readonly context: RestContext;
  readonly routes: RouteTable;
  readonly laneOf: (hub: Hub) => HubLane;
}

/** One lane for each hub: what one call did is visible to the calls behind it. */
function lanesOf(): (hub: Hub) => HubLane {
  const lanes = new WeakMap<Hub, HubLane>();
  return (hub) => {
    const known = lanes.get(hub);
    if (known !== undefined) return known;
    const lane = hub.openLane();
    lanes.set(hub, lane);
    return lane;
  };
}

async function answer(api: Api, incoming: IncomingMessage): Promise<Reply> {
  const target = readRestTarget(incoming.url ?? '/');
  const family = familyOf(target.path ?? []);
  try {
    return await routed(api, incoming, target);
  } catch (error) {
    return failed(api.context, error, { family, rawPath: target.rawPath });
  }
}

function failed(
  { events }: RestContext,
  error: unknown,
  { family, rawPath }: { readonly family: ApiFamily; readonly rawPath: string },
): Reply {
  if (error instanceof RestProblem) {
    const { status, message } = error.details;
    // That something does not exist is an answer like others.
    if (status !== 404) events.emit({ name: 'requestRefused', path: rawPath, status, reason: message });
    return problemReply(family, error.details);
  }
  events.emit({ name: 'fault', where: 'rest', message: error instanceof Error ? error.message : String(error) });
  return problemReply(family, Problems.fault);
}

async function routed(api: Api, incoming: IncomingMessage, target: RestTarget): Promise<Reply> {
  const { path } = target;
  if (isRefusedByNetwork(api.context, 'RESTAPI', incoming)) throw new RestProblem(Problems.network);
  if (path === undefined) throw new RestProblem(Problems.brokenPath);
  const found = api.routes.find(incoming.method ?? '', path);
  switch (found.match) {
    case 'nothing':
      throw new RestProblem(Problems.noRoute);
    case 'other-methods': {
      const headers = { Allow: found.methods.join(', ') };
      const message = `This path takes ${found.methods.join(', ')} only.`;
      throw new RestProblem({ status: 405, code: 'Error.Request.Invalid', message, headers });
    }
    case 'route': {
      const verification = await verified(api.context, found.served, { incoming, target, path });
      if (verification?.ok === false) return tokenRefusalReply(verification.refusal);
      return handled(api, found, { incoming, target, token: verification?.token });
    }
  }
}

interface PathRequest {
  readonly incoming: IncomingMessage;
  readonly target: RestTarget;
  readonly path: readonly string[];
}

/** Looks at the token; undefined where none is needed. Throws `RestProblem` when nobody is served any more. */
async function verified(
  context: RestContext,
  { route, hubSegment }: ServedRoute,
  { incoming, target, path }: PathRequest,
): Promise<Verification | undefined> {
  if (route.on === 'service' && route.isAnonymous) return undefined;
  const required = { path, hubSegment, hub: undefined, hosts: context.options.audienceHosts };
  const verification = await authorize(context, incoming.headers.authorization, required);
  if (!verification.ok) {
    const { status, text } = verification.refusal;
    context.events.emit({ name: 'requestRefused', path: target.rawPath, status, reason: text });
  } else if (context.isStopping()) throw new RestProblem(Problems.stopping);
  return verification;
}

interface AuthorizedRequest {
  readonly incoming: IncomingMessage;
  readonly target: RestTarget;
  readonly token: VerifiedToken | undefined;
}

async function handled(
  { context, laneOf }: Api,
  { served, parameters }: FoundRoute,
  { incoming: request, target: { rawPath, rawQuery }, token }: AuthorizedRequest,
): Promise<Reply> {
  const { route } = served;
  const query = new CallQuery(rawQuery);
  const readPlain = () => readRequestBody(request, bodyLimits(context));
  const call: RestCall = { context, request, token, rawPath, query, readBody: readPlain };
  if (route.on === 'service') return successReply(served, await route.handle(call));
  checkVersion(context, served, query);
  if (route.body !== undefined && context.areMessagesSpent()) throw new RestProblem(Problems.messageLimit);
  const hubKey = hubKeyOf(parameters, query);
  checkNames(served, parameters);
  const hub = context.hubs.get(hubKey);
  const readBody = async () => {
    const body = await readPlain();
    hub.traffic.received(body.bytes.length);
    return body;
  };
  const hubCall: HubCall = { ...call, readBody, parameters, hubKey, lane: laneOf(hub) };
  return successReply(served, await route.handle(hubCall));
}

function bodyLimits({ limits, timers }: RestContext): { maxBytes: number; timeoutMs: number } {
  return { maxBytes: limits.restBodyBytes, timeoutMs: timers.restBodyMs };
}

function checkVersion({ options }: RestContext, { family }: ServedRoute, query: CallQuery): void {
  if (!options.strictApiVersion || family !== 'dated') return;
  const version = query.text('api-version');
  if (version !== undefined && API_VERSIONS.includes(version)) return;
  throw invalidRequest(`The query parameter 'api-version' must be one of ${API_VERSIONS.join(', ')}.`, 'api-version');
}
