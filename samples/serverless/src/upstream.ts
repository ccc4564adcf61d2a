import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Guest } from './guest-list.ts';
import { completionFrame, readInvocation } from './hub-message.ts';
import { Refusal } from './refusal.ts';
import { isSignedBy } from './signature.ts';

/** A method that clients call. Arguments come as they were sent: the method checks them. */
export type HubMethod = (caller: Guest, args: readonly unknown[]) => Promise<unknown>;

/** What the app does with what the service tells it. */
export interface UpstreamOptions {
  readonly hub: string;
  readonly accessKeys: readonly string[];
  readonly connected: (guest: Guest) => Promise<void>;
  readonly disconnected: (guest: Guest) => Promise<void>;
  readonly methods: Readonly<Record<string, HubMethod>>;
}

const BODY_MAX_BYTES = 64 * 1024;

/** The path that the service is told, behind the app's own address. */
export const UPSTREAM_TEMPLATE = 'upstream/{hub}/{category}/{event}';

/** Where the service POSTs what clients do (upstream-and-emulator 2), with the answers of Azure Functions (3.1). */
export function upstreamRoute(options: UpstreamOptions): Hono {
  const methods = new Map(Object.entries(options.methods).map(([name, method]) => [name.toLowerCase(), method]));
  const connectionEvents = new Map(
    Object.entries({ connected: options.connected, disconnected: options.disconnected }),
  );
  const app = new Hono();
  const tooLarge = (c: Context) => c.text(`This app reads ${BODY_MAX_BYTES} bytes at most.`, 413);
  app.use('/upstream/*', bodyLimit({ maxSize: BODY_MAX_BYTES, onError: tooLarge }));
  app.post('/upstream/:hub/:category/:event', async (c) => {
    const { category, event } = c.req.param();
    if (mediaType(c) !== 'application/json') return c.text('This app reads JSON only.', 415);
    if (!isSigned(c, options.accessKeys)) return c.text('The signature is not by the access key of this app.', 401);
    if (c.req.param('hub').toLowerCase() !== options.hub) return c.text('There is no such hub here.', 404);
    const guest = guestOf(c);
    if (guest === undefined) return c.text('The user id is missing: use the token of /negotiate.', 400);
    if (category === 'messages') return answerMessage(c, guest, { event, method: methods.get(event.toLowerCase()) });
    const handle = category === 'connections' ? connectionEvents.get(event) : undefined;
    if (handle === undefined) return c.text('There is no such event here.', 404);
    await handle(guest);
    return c.body(null, 204);
  });
  return app;
}

async function answerMessage(
  c: Context,
  caller: Guest,
  { event, method }: { readonly event: string; readonly method: HubMethod | undefined },
): Promise<Response> {
  if (method === undefined) return c.text('There is no such method here.', 404);
  const invocation = readInvocation(await c.req.json().catch(() => undefined));
  if (invocation === undefined || invocation.target !== event) {
    return c.text(`The body is no invocation of ${event}.`, 400);
  }
  const outcome = await outcomeOf(method, caller, invocation.arguments);
  if (invocation.invocationId === undefined) return c.body(null, 204);
  return c.body(completionFrame(invocation.invocationId, outcome), 200, { 'Content-Type': 'application/json' });
}

/** What a method refuses is an answer, too: status 200. Anything else that goes wrong is a 500. */
async function outcomeOf(method: HubMethod, caller: Guest, args: readonly unknown[]) {
  try {
    return { result: (await method(caller, args)) ?? null };
  } catch (error) {
    if (error instanceof Refusal) return { error: error.message };
    throw error;
  }
}

function mediaType(c: Context): string | undefined {
  return c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
}

function isSigned(c: Context, accessKeys: readonly string[]): boolean {
  const connectionId = c.req.header('x-asrs-connection-id') ?? '';
  return isSignedBy(accessKeys, connectionId, c.req.header('x-asrs-signature') ?? '');
}

function guestOf(c: Context): Guest | undefined {
  const connectionId = c.req.header('x-asrs-connection-id');
  const userId = c.req.header('x-asrs-user-id');
  if (!connectionId || !userId) return undefined;
  // The service writes UTF-8, Node gives one character for each byte.
  return { connectionId, name: Buffer.from(userId, 'latin1').toString('utf8') };
}
