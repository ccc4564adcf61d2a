import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { PemCertificate, PfxCertificate } from '../config/service-options.ts';
import { ServiceStartError } from '../errors.ts';
import type { App } from './app.ts';
import { type BindOptions, bindServers } from './bind.ts';
import { answerWithoutUpgrade, asksForWebSocket } from './ignored-upgrade.ts';
import type { FirstAnswer } from './plain-rest.ts';
import { SilentSockets } from './silent-sockets.ts';
import type { UpgradeParts } from './upgrade.ts';

export interface ListenerOptions extends BindOptions {
  /** Undefined: plain HTTP. */
  readonly https: PemCertificate | PfxCertificate | undefined;
  /** Bytes of the whole request head. */
  readonly maxHeaderBytes: number;
}

export interface ListenerHandlers {
  /** Asked before the app. */
  readonly first: FirstAnswer;
  readonly app: App;
  /** A request for a WebSocket. */
  readonly upgrade: (parts: UpgradeParts) => void;
  /** A request whose target and Host header make no URL. */
  readonly malformed: () => Response;
  /** A request whose head cannot be parsed. */
  readonly unreadable: (error: Error, socket: Duplex) => void;
}

/** Listening sockets of one resource. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections. */
  stop(): void;
  /** Ends HTTP connections without a request. */
  closeIdle(): void;
  /** Resolves when every HTTP connection is gone; drops them when `dropAll` is called. */
  closed(): Promise<void>;
  dropAll(): void;
}

/** Opens the listening sockets. Throws `ServiceStartError` with what to do about it. */
export async function listen(options: ListenerOptions, handlers: ListenerHandlers): Promise<Listener> {
  const { servers, port } = await bindServers(options, () => createHttpServer(options, handlers));
  return asListener(servers, port);
}

function createHttpServer({ maxHeaderBytes, https }: ListenerOptions, handlers: ListenerHandlers): Server {
  const { first, app, upgrade, malformed, unreadable } = handlers;
  const route = getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: malformed });
  const answer: RequestListener = (incoming, outgoing) => {
    if (!first(incoming, outgoing)) void route(incoming, outgoing);
  };
  const options = { maxHeaderSize: maxHeaderBytes };
  const server = https === undefined ? createServer(options, answer) : createSecure({ ...options, ...https }, answer);
  server.on('upgrade', (request, socket, head) => {
    const parts = { request, socket, head };
    if (asksForWebSocket(parts)) upgrade(parts);
    else answerWithoutUpgrade(server, parts);
  });
  server.on('clientError', unreadable);
  return server;
}

/** An HTTPS server differs from a plain one in its socket only. Throws `ServiceStartError`. */
function createSecure(...[options, answer]: Parameters<typeof createSecureServer>): Server {
  try {
    return createSecureServer(options, answer);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const text = `The certificate for HTTPS cannot be used: ${why}. Check that the key belongs to it, and the password.`;
    throw new ServiceStartError('invalid-option', text, { cause });
  }
}

function asListener(servers: readonly Server[], port: number): Listener {
  const silent = servers.map((server) => new SilentSockets(server));
  const closed = Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.once('close', () => resolve()))),
  );
  return {
    port,
    stop() {
      for (const server of servers) server.close();
    },
    closeIdle() {
      for (const server of servers) server.closeIdleConnections();
      for (const sockets of silent) sockets.destroyAll();
    },
    async closed() {
      await closed;
    },
    dropAll() {
      for (const server of servers) server.closeAllConnections();
    },
  };
}
