import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context as AnyContext, Hono, type Next } from 'hono';
import { NO_CACHE_HEADERS } from '../transport/poll.ts';
import { JWKS_PATH, OPENID_CONFIGURATION_PATH } from '../upstream/managed-identity.ts';
import { admit } from './admission.ts';
import { type CorsHeaders, corsHeaders, preflightHeaders } from './cors.ts';
import type { HttpContext } from './http-context.ts';
import { negotiate } from './negotiate.ts';
import { type Refusal, Refusals } from './refusal.ts';
import { sizeRefusal } from './request-size.ts';
import { isClientPath, type RequestTarget, readTarget } from './request-target.ts';
import { TransportRequests, type TransportTargets } from './transport-request.ts';

const TEXT = 'text/plain; charset=utf-8';
const CLIENT_PATH = '/client';
const GREETING =
  'signalite is running.\n\nApp servers and clients reach it with the connection string that it printed at its start.\n';

type Environment = { Bindings: HttpBindings };
type Context = AnyContext<Environment>;
export type App = Hono<Environment>;

/** Who answers what the routes below do not answer themselves. */
export interface AppTargets extends TransportTargets {
  /** Writes the whole answer to a request below `/api`. Never rejects. */
  answerRest(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
}

/** The HTTP routes of one resource (client-protocol 5.1). WebSocket upgrades do not come this way. */
export function createApp(context: HttpContext, targets: AppTargets): App {
  const transports = new TransportRequests(context, targets);
  const app: App = new Hono<Environment>({ getPath: ({ url }) => targetOf(url).path });
  app.use(headLimits(context));
  app.get('/', (c) => c.text(GREETING));
  app.all('/api/*', async (c) => {
    await targets.answerRest(c.env.incoming, c.env.outgoing);
    return RESPONSE_ALREADY_SENT;
  });
  app.get(OPENID_CONFIGURATION_PATH, (c) => c.json(context.identity.openIdConfiguration(new URL(c.req.url).origin)));
  app.get(JWKS_PATH, async (c) => c.json(await context.identity.keySet()));
  app.options('/client/*', (c) => preflight(context, c));
  app.options('/client', (c) => preflight(context, c));
  app.post('/client/negotiate', (c) => answerNegotiate(context, c));
  app.all('/client/negotiate', (c) => refuse(context, c, Refusals.methodNotAllowed));
  app.on(['GET', 'POST', 'DELETE'], '/client', (c) => answerTransport(context, c, transports));
  app.all('/client', (c) => refuse(context, c, Refusals.methodNotAllowed));
  app.get('/server', (c) => answerServer(context, c));
  app.all('/server', (c) => refuse(context, c, Refusals.methodNotAllowed));
  app.notFound((c) => refuse(context, c, Refusals.notFound));
  app.onError((error, c) => {
    context.events.emit({ name: 'fault', where: 'http', message: error.message });
    return c.text('Internal server error.', 500, { ...cors(context, c) });
  });
  return app;
}

/** Answers a request whose target and Host header make no URL. */
export function refuseMalformed({ events }: HttpContext): Response {
  const { status, text } = Refusals.unreadable;
  events.emit({ name: 'requestRefused', path: '', status, reason: text });
  return new Response(text, { status, headers: { 'Content-Type': TEXT } });
}

function headLimits(context: HttpContext) {
  return async (c: Context, next: Next): Promise<Response | undefined> => {
    const refusal = sizeRefusal(context.limits, c.env.incoming);
    if (refusal !== undefined) return refuse(context, c, refusal);
    await next();
    return undefined;
  };
}

function preflight({ settings }: HttpContext, c: Context): Response {
  const asked = {
    origin: c.req.header('origin'),
    method: c.req.header('access-control-request-method'),
    headers: c.req.header('access-control-request-headers'),
  };
  return c.body(null, 204, { ...preflightHeaders(asked, settings.current.allowedOrigins) });
}

async function answerNegotiate(context: HttpContext, c: Context): Promise<Response> {
  const { rawQuery } = targetOf(c.req.url);
  const admitted = await admit(context, { kind: 'client', rawQuery, request: c.env.incoming });
  if ('status' in admitted) return refuse(context, c, admitted);
  const answer = negotiate(context, admitted, rawQuery);
  if ('status' in answer) return refuse(context, c, answer, admitted.hub);
  return writeJson(c, answer.body, cors(context, c));
}

/** Written to Node's own response: a Response object costs as much as everything else that negotiate does. */
function writeJson(c: Context, body: string, headers: CorsHeaders): Response {
  const length = Buffer.byteLength(body);
  c.env.outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': length, ...headers });
  c.env.outgoing.end(body);
  return RESPONSE_ALREADY_SENT;
}

/** Transports other than WebSockets write their answers themselves: they need exact headers, and time. */
async function answerTransport(context: HttpContext, c: Context, transports: TransportRequests): Promise<Response> {
  const { incoming, outgoing } = c.env;
  // Hono takes HEAD for GET, and a poll has effects.
  if (incoming.method === 'HEAD') return refuse(context, c, Refusals.methodNotAllowed);
  const { rawQuery } = targetOf(c.req.url);
  const admitted = await admit(context, { kind: 'client', rawQuery, request: c.env.incoming });
  if ('status' in admitted) return refuse(context, c, admitted);
  const request = { ...admitted, rawQuery, request: incoming, response: outgoing, headers: cors(context, c) };
  const refusal = await transports.handle(request);
  return refusal === undefined ? RESPONSE_ALREADY_SENT : refuse(context, c, refusal, admitted.hub);
}

async function answerServer(context: HttpContext, c: Context): Promise<Response> {
  const { rawQuery } = targetOf(c.req.url);
  const admitted = await admit(context, { kind: 'server', rawQuery, request: c.env.incoming });
  return refuse(context, c, 'status' in admitted ? admitted : Refusals.webSocketNeeded);
}

function refuse(context: HttpContext, c: Context, refusal: Refusal, hub?: string): Response {
  const { path } = targetOf(c.req.url);
  context.events.emit({ name: 'requestRefused', path, status: refusal.status, reason: refusal.text, hub });
  const cache = path === CLIENT_PATH ? NO_CACHE_HEADERS : {};
  return new Response(refusal.text, {
    status: refusal.status,
    headers: { 'Content-Type': TEXT, ...cache, ...refusal.headers, ...cors(context, c) },
  });
}

/** Nothing outside the client routes is for pages. */
function cors({ settings }: HttpContext, c: Context): CorsHeaders {
  if (!isClientPath(targetOf(c.req.url).path)) return {};
  return corsHeaders(c.req.header('origin'), settings.current.allowedOrigins);
}

/** `url`: absolute, as Hono gives it. */
function targetOf(url: string): RequestTarget {
  return readTarget(url.slice(url.indexOf('/', url.indexOf('//') + 2)));
}
