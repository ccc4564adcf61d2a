// The same app on each web framework, with a header of its own and a prefix before the hub's path.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { AzureSignalR, HubEntries, NegotiateOptions } from '@signalite/server';
import express from 'express';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Hono } from 'hono';

/** What the apps negotiate for. */
export const HUB_PATH = '/api/chat';

export interface WebApp {
  readonly url: string;
  readonly close: () => Promise<void>;
}

type Served = AzureSignalR<HubEntries>;
type IdentityOf<R> = Pick<NegotiateOptions<R>, 'userId' | 'claims'>;

/** Says who the client is, by the request of the framework itself. Throws when it is told to. */
function identityOf(header: (name: string) => string | undefined): { userId: string | undefined; roles: string[] } {
  if (header('x-fail') !== undefined) throw new Error('secret');
  return { userId: header('x-user'), roles: header('x-roles')?.split(',') ?? [] };
}

function identify<R>(read: (request: R, name: string) => string | undefined): IdentityOf<R> {
  const of = (request: R) => identityOf((name) => read(request, name));
  return { userId: (request) => of(request).userId, claims: (request) => ({ role: of(request).roles }) };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

export const FRAMEWORKS = {
  async 'node:http'(signalr: Served): Promise<WebApp> {
    const identity = identify((request: IncomingMessage, name) => single(request.headers[name]));
    const negotiate = signalr.negotiateListener('ChatHub', identity);
    return listen(
      createServer((request, response) => {
        response.setHeader('x-app', 'mine');
        negotiate(request, response);
      }),
    );
  },

  async Express(signalr: Served): Promise<WebApp> {
    const router = express.Router();
    const identity = identify((request: express.Request, name) => request.get(name));
    router.post('/chat/negotiate', signalr.negotiateListener('ChatHub', identity));
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader('x-app', 'mine');
      next();
    });
    app.use('/api', router);
    return listen(createServer(app));
  },

  async 'Express with a parser of bodies'(signalr: Served): Promise<WebApp> {
    const app = express();
    app.use(express.text({ type: () => true, limit: '1mb' }), (_request, response, next) => {
      response.setHeader('x-app', 'mine');
      next();
    });
    const identity = identify((request: express.Request, name) => request.get(name));
    app.post('/api/chat/negotiate', signalr.negotiateListener('ChatHub', identity));
    return listen(createServer(app));
  },

  async Fastify(signalr: Served): Promise<WebApp> {
    const app = fastify();
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('x-app', 'mine');
    });
    const api = (scope: FastifyInstance, _options: unknown, done: () => void) => {
      scope.post(
        '/chat/negotiate',
        signalr.negotiateFastify('ChatHub', {
          userId: (request) => identityOf((name) => single(request.headers[name])).userId,
          claims: (request: FastifyRequest) => ({ role: identityOf((name) => single(request.headers[name])).roles }),
        }),
      );
      done();
    };
    await app.register(api, { prefix: '/api' });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    return { url, close: () => closeAll(app.server) };
  },

  async Hono(signalr: Served): Promise<WebApp> {
    const api = new Hono();
    api.post('/chat/negotiate', (c) =>
      signalr.negotiate(
        'ChatHub',
        c.req.raw,
        identify((request, name) => request.headers.get(name) ?? undefined),
      ),
    );
    const app = new Hono();
    app.use(async (c, next) => {
      await next();
      c.header('x-app', 'mine');
    });
    app.route('/api', api);
    const server = createAdaptorServer({ fetch: app.fetch });
    return listen(server as Server);
  },
} as const;

async function listen(server: Server): Promise<WebApp> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closeAll(server) };
}

async function closeAll(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
}
