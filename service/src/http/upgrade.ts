import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { allowedTransports } from '../auth/client-claims.ts';
import type { VerifiedToken } from '../auth/verified-token.ts';
import type { ClientConnection } from '../client-connection/client-connection.ts';
import type { ClientTransport } from '../client-connection/client-connections.ts';
import { TransportKind } from '../transport/transport.ts';
import type { WebSocketTransport } from '../transport/web-socket.ts';
import { type Admitted, admit } from './admission.ts';
import { corsHeaders, isAllowedOrigin } from './cors.ts';
import type { HttpContext } from './http-context.ts';
import { quotaRefusal } from './quota-refusal.ts';
import { type Refusal, Refusals } from './refusal.ts';
import { sizeRefusal } from './request-size.ts';
import { connectionTokenOf, isClientPath, readTarget } from './request-target.ts';
import { writeRefusal } from './write-refusal.ts';

/** The raw parts of an upgrade request. */
export interface UpgradeParts {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** First bytes behind the request. */
  readonly head: Buffer;
}

/** A WebSocket that may open. */
export interface AcceptedUpgrade {
  readonly hub: string;
  readonly token: VerifiedToken;
  readonly rawQuery: string;
  readonly parts: UpgradeParts;
}

/** Who takes the accepted upgrades. */
export interface UpgradeTargets {
  /** `connectionToken`: the negotiated one; undefined when the client skipped negotiation. */
  openClient(upgrade: AcceptedUpgrade, connectionToken: string | undefined): void;
  /** The client is back on a new socket; `before` is the transport that it had. */
  resumeClient(upgrade: AcceptedUpgrade, connection: ClientConnection, before: WebSocketTransport): void;
  openServer(upgrade: AcceptedUpgrade): void;
}

const WEB_SOCKET_KEY = /^[+/0-9A-Za-z]{22}==$/;
const WEB_SOCKET_VERSION = '13';
const MANAGEMENT_AGENT = 'Microsoft.Azure.SignalR.Management/';

type Route = (context: HttpContext, upgrade: AcceptedUpgrade, targets: UpgradeTargets) => Refusal | undefined;

/** Routes of WebSocket upgrades by path. */
const ROUTES: Readonly<Record<string, { kind: 'client' | 'server'; open: Route }>> = {
  '/client': { kind: 'client', open: openClient },
  '/server': { kind: 'server', open: openServer },
};

/** Decides about one upgrade request; a refusal is an HTTP answer on the raw socket. */
export async function handleUpgrade(context: HttpContext, parts: UpgradeParts, targets: UpgradeTargets): Promise<void> {
  const { request, socket } = parts;
  // The peer may be gone at any time before `ws` listens.
  socket.on('error', ignoreGonePeer);
  const { path, rawQuery } = readTarget(request.url ?? '/');
  const refusal = await decide(context, { parts, path, rawQuery }, targets);
  socket.off('error', ignoreGonePeer);
  if (refusal === undefined) return;
  context.events.emit({ name: 'requestRefused', path, status: refusal.status, reason: refusal.text });
  const cors = isClientPath(path) ? corsHeaders(request.headers.origin, context.settings.current.allowedOrigins) : {};
  writeRefusal(socket, refusal, cors);
}

async function decide(
  context: HttpContext,
  { parts, path, rawQuery }: { parts: UpgradeParts; path: string; rawQuery: string },
  targets: UpgradeTargets,
): Promise<Refusal | undefined> {
  const { request } = parts;
  const tooLarge = sizeRefusal(context.limits, request);
  if (tooLarge !== undefined) return tooLarge;
  const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (route === undefined) return Refusals.notFound;
  if (request.method !== 'GET') return Refusals.methodNotAllowed;
  if (!isWebSocketHandshake(request)) return Refusals.webSocketHandshake;
  const admitted: Admitted | Refusal = await admit(context, { kind: route.kind, rawQuery, request });
  if ('status' in admitted) return admitted;
  return route.open(context, { ...admitted, rawQuery, parts }, targets);
}

/** What `ws` demands as well: asked first, so that this refusal is like all others. */
function isWebSocketHandshake({ headers }: IncomingMessage): boolean {
  const isKey = WEB_SOCKET_KEY.test(headers['sec-websocket-key'] ?? '');
  return isKey && headers['sec-websocket-version'] === WEB_SOCKET_VERSION;
}

function openClient(context: HttpContext, upgrade: AcceptedUpgrade, targets: UpgradeTargets): Refusal | undefined {
  const { origin } = upgrade.parts.request.headers;
  const isChecked = context.options.checkWebSocketOrigin && origin !== undefined;
  if (isChecked && !isAllowedOrigin(origin, context.settings.current.allowedOrigins)) return Refusals.origin;
  const isOffered = allowedTransports(upgrade.token.claims).includes(TransportKind.WebSockets);
  const id = connectionTokenOf(upgrade.rawQuery);
  const claimed = id === undefined ? undefined : context.clients.find(id, upgrade.hub);
  if (claimed?.found === 'nothing') return Refusals.noConnection;
  if (!isOffered) return Refusals.webSockets;
  if (claimed?.found === 'active') return resumeClient(upgrade, claimed, targets);
  const overQuota = quotaRefusal(context, upgrade.hub, 'Client');
  if (overQuota !== undefined) return overQuota;
  targets.openClient(upgrade, id);
  return undefined;
}

/** A second socket for a connection: only where the client may come back on one (client-protocol 4.2). */
function resumeClient(
  upgrade: AcceptedUpgrade,
  { connection, transport }: { connection: ClientConnection; transport: ClientTransport },
  targets: UpgradeTargets,
): Refusal | undefined {
  if (!connection.isAlive) return Refusals.noConnection;
  if (transport.kind !== TransportKind.WebSockets) return Refusals.otherTransport;
  if (connection.identity.mayResume && !connection.isResumable) return Refusals.noConnection;
  if (!connection.isResumable) return Refusals.alreadyConnected;
  targets.resumeClient(upgrade, connection, transport);
  return undefined;
}

function openServer(context: HttpContext, upgrade: AcceptedUpgrade, targets: UpgradeTargets): Refusal | undefined {
  const isRefused = context.options.refuseServerUpgrade && !context.takesAppServers();
  if (isRefused && !mayBeWeak(upgrade.parts.request)) return Refusals.noAppServers;
  const overQuota = quotaRefusal(context, upgrade.hub, 'Server');
  if (overQuota !== undefined) return overQuota;
  targets.openServer(upgrade);
  return undefined;
}

/** The Management SDK says who it is; what says nothing may be it too (rest-api 2.2). */
function mayBeWeak({ headers }: IncomingMessage): boolean {
  const agent = headers['asrs-user-agent'];
  return agent === undefined || String(agent).startsWith(MANAGEMENT_AGENT);
}

function ignoreGonePeer(): void {
  // Nothing was promised to it yet.
}
