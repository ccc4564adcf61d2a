import { existsSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HubConnectionBuilder, TransportName } from '@signalite/client';
import type { messagePack } from '@signalite/client/messagepack';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Service, startService } from 'signalite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureApp, startFeatureApp } from './support/feature-app.ts';
import type { FeatureContract } from './support/feature-hub.ts';

// The client in headless Chromium: its page, the app and the service are three origins.

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const START_MS = 60_000;
const PAGE = `<!doctype html><title>client</title>
<script type="module">import * as client from '/client.js'; globalThis.client = client;</script>`;
const MODULES = `
  export { HubConnectionBuilder } from '@signalite/client';
  export { messagePack } from '@signalite/client/messagepack';
`;

const servers: Server[] = [];
let service: Service;
let app: FeatureApp;
let browser: Browser;
let page: Page;
let appUrl = '';

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no Chromium at ${CHROMIUM}. Install the Debian package chromium, or set CHROMIUM to another.`,
    );
  }
  service = await startService({ host: '127.0.0.1', port: 0 });
  app = await startFeatureApp(service);
  appUrl = await listen(withCors(app.url));
  const bundle = await bundled();
  const pageUrl = await listen((request, response) => {
    const isScript = request.url === '/client.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? bundle : PAGE);
  });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  page = await browser.newPage();
  await page.goto(pageUrl, { waitUntil: 'networkidle' });
}, START_MS);

afterAll(async () => {
  await browser?.close();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await app?.close();
  await service?.close();
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

/** The app behind an origin of its own that lets pages of others in, with their credentials. */
function withCors(target: string): RequestListener {
  return async (request, response) => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '');
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '');
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
      return;
    }
    const url = new URL(request.url ?? '/', target);
    const answer = await fetch(`${new URL(target).origin}${url.pathname}${url.search}`, { method: 'POST' });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  };
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: MODULES, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@signalite/source', 'browser'],
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

interface Client {
  readonly HubConnectionBuilder: typeof HubConnectionBuilder;
  readonly messagePack: typeof messagePack;
}

/** Runs in the page: what a hub can do, over one transport. */
async function useHub({
  url,
  transport,
  isMessagePack,
}: {
  url: string;
  transport: TransportName;
  isMessagePack: boolean;
}) {
  const { HubConnectionBuilder, messagePack } = (globalThis as unknown as { client: Client }).client;
  const builder = new HubConnectionBuilder<FeatureContract>().withUrl(url, { transports: [transport] });
  const hub = (isMessagePack ? builder.withHubProtocol(messagePack) : builder).build();
  const got: number[] = [];
  hub.on('numbered', (index: number) => {
    got.push(index);
  });
  hub.on('answer', (question: string) => `${question}!`);
  await hub.start();
  const items: number[] = [];
  for await (const item of hub.stream('count', 5)) items.push(item);
  async function* numbers() {
    yield* [1, 2, 3];
  }
  const seen = {
    transport: hub.transport,
    state: hub.state,
    sum: await hub.invoke('add', 1, 2),
    echo: await hub.invoke('echo', 'é\n'),
    big: String(await hub.invoke('echo', 'x'.repeat(500_000))).length,
    failure: await hub.invoke('failLoudly').catch((error: { code: string }) => error.code),
    items,
    upload: await hub.invoke('sum', numbers()),
    answer: await hub.invoke('ask', hub.connectionId ?? '', 'Ready'),
  };
  await hub.invoke('sendMany', 300);
  await hub.stop();
  return { ...seen, inOrder: got.length === 300 && got.every((value, index) => value === index), stopped: hub.state };
}

describe('in Chromium, across origins', () => {
  test.each([
    { transport: 'WebSockets', isMessagePack: false },
    { transport: 'WebSockets', isMessagePack: true },
    { transport: 'ServerSentEvents', isMessagePack: false },
    { transport: 'LongPolling', isMessagePack: false },
    { transport: 'LongPolling', isMessagePack: true },
  ] as const)('$transport, MessagePack $isMessagePack', { timeout: START_MS }, async ({ transport, isMessagePack }) => {
    const url = `${appUrl}/features`;
    expect(await page.evaluate(useHub, { url, transport, isMessagePack })).toEqual({
      transport,
      state: 'Connected',
      sum: 3,
      echo: 'é\n',
      big: 500_000,
      failure: 'invocation-failed',
      items: [0, 1, 2, 3, 4],
      upload: 6,
      answer: 'Ready!',
      inOrder: true,
      stopped: 'Disconnected',
    });
  });
});
