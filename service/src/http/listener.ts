import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { PemCertificate, PfxCertificate } from '../config/service-options.ts';
import { ServiceStartError } from '../errors.ts';
import type { App } from './app.ts';
import { answerWithoutUpgrade, asksForWebSocket } from './ignored-upgrade.ts';
import type { FirstAnswer } from './plain-rest.ts';
import { SilentSockets } from './silent-sockets.ts';
import type { UpgradeParts } from './upgrade.ts';

const PORT_TRIES = 5;
const LOOPBACK_V4 = '127.0.0.1';
const LOOPBACK_V6 = '::1';

export interface ListenerOptions {
  /** `localhost` binds both loopback families; anything else is bound as it is. */
  readonly host: string;
  /** 0: any free port, the same for both families. */
  readonly port: number;
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
  const hosts = options.host === 'localhost' ? [LOOPBACK_V4, LOOPBACK_V6] : [options.host];
  for (let tries = 1; ; tries++) {
    const servers = hosts.map(() => createHttpServer(options, handlers));
    try {
      const port = await bindAll(servers, hosts, options.port);
      return asListener(
        servers.filter((server) => server.listening),
        port,
      );
    } catch (error) {
      for (const server of servers) server.close();
      // The port that one family gave may be taken in the other.
      if (options.port !== 0 || tries >= PORT_TRIES) throw startError(error, options);
    }
  }
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

async function bindAll(servers: readonly Server[], hosts: readonly string[], wanted: number): Promise<number> {
  let port = wanted;
  for (const [index, server] of servers.entries()) {
    const host = hosts[index] ?? LOOPBACK_V4;
    try {
      await bind(server, host, port);
    } catch (error) {
      // A machine without IPv6 is no error, as long as the other family listens.
      if (host !== LOOPBACK_V6 || index === 0 || !isFamilyMissing(error)) throw error;
      continue;
    }
    port = boundPort(server);
  }
  return port;
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function boundPort(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listening socket has no port');
  return address.port;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isFamilyMissing(error: unknown): boolean {
  return ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes(codeOf(error));
}

function startError(error: unknown, { host, port }: ListenerOptions): ServiceStartError {
  const cause = { cause: error };
  switch (codeOf(error)) {
    case 'EADDRINUSE': {
      const text = `Port ${port} on ${host} is in use. Stop the program that has it, or choose another with --port.`;
      return new ServiceStartError('address-in-use', text, cause);
    }
    case 'EACCES':
      return new ServiceStartError(
        'listen-failed',
        `Port ${port} needs rights that this user lacks. Choose one from 1024 on with --port.`,
        cause,
      );
    default: {
      const why = error instanceof Error ? error.message : String(error);
      return new ServiceStartError(
        'listen-failed',
        `Cannot listen on ${host}, port ${port}: ${why}. Check --host.`,
        cause,
      );
    }
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
