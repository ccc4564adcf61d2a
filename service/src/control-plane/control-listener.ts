// The listening sockets of the control port: HTTP and HTTPS on the same port. The released clients of Azure send their
// tokens over HTTPS only (control-plane 0.1); everybody else is spared the certificate.

import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { urlOf } from '../config/endpoints.ts';
import { isLoopback } from '../config/loopback.ts';
import type { PemCertificate, PfxCertificate } from '../config/service-options.ts';
import { ServiceStartError } from '../errors.ts';
import { bindServers } from '../http/bind.ts';
import { ArmError } from './arm-error.ts';
import { TwoSchemes } from './two-schemes.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const CHECK_INTERVAL_MS = 5000;
const LIMITS = { requestTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: CHECK_INTERVAL_MS };

export interface ControlListenerOptions {
  /** `localhost` (both families), or an address of loopback. Default `localhost`. */
  readonly host?: string;
  /** 0: any free port. */
  readonly port: number;
  /** Asked once, when somebody speaks TLS for the first time. Default: HTTP only. */
  readonly certificate?: () => Promise<PemCertificate | PfxCertificate>;
  /** Told why there is no HTTPS. Default: nobody. */
  readonly onFault?: (message: string) => void;
}

export interface ControlListener extends AsyncDisposable {
  readonly port: number;
  /** Over HTTP. With a certificate the same address is reached over HTTPS as well. */
  readonly url: string;
  /** Takes no more connections, and ends those that there are. Safe to call again. */
  close(): Promise<void>;
}

/** Listens. Throws `ServiceStartError` with what to do about it. */
export async function listenControl(app: Hono, options: ControlListenerOptions): Promise<ControlListener> {
  const { host = 'localhost', port: wanted, certificate, onFault } = options;
  if (!isLoopback(host)) {
    const text = `The control port is for this machine only: it cannot listen on ${host}. Use localhost, 127.0.0.1 or ::1.`;
    throw new ServiceStartError('invalid-option', text);
  }
  const answer = answerWith(app);
  const schemes = new TwoSchemes({
    http: createHttpServer(LIMITS, answer),
    https: certificate && (async () => createHttpsServer({ ...LIMITS, ...(await certificate()) }, answer)),
    onFault,
  });
  const create = () => createServer((socket) => schemes.take(socket));
  const { servers, port } = await bindServers({ host, port: wanted, portFlag: '--control-port' }, create);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeAll(servers, schemes);
    return closing;
  };
  return { port, url: urlOf('http', host, port), close, [Symbol.asyncDispose]: close };
}

function answerWith(app: Hono): RequestListener {
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: refuseMalformed });
  return (incoming, outgoing) => void answer(incoming, outgoing);
}

/** A request whose target and Host header make no URL. */
function refuseMalformed(): Response {
  return new ArmError(400, 'BadRequest', 'The path and the Host header of the request make no URL.').toResponse();
}

async function closeAll(servers: readonly Server[], schemes: TwoSchemes): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
  schemes.drop();
  await Promise.all(closed);
}
