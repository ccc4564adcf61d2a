import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { z } from 'zod';
import type { ChatSignalR } from './chat-signalr.ts';
import { clientBundle } from './client-bundle.ts';
import { NotificationService } from './notification-service.ts';

const PUBLIC_FOLDER = new URL('../public/', import.meta.url);
const SCRIPT = 'text/javascript; charset=utf-8';

/** Files of the page with their content types: what is not here is not served. */
const FILES: Readonly<Record<string, { readonly file: URL; readonly type: string }>> = {
  '/': { file: new URL('index.html', PUBLIC_FOLDER), type: 'text/html; charset=utf-8' },
  '/chat.css': { file: new URL('chat.css', PUBLIC_FOLDER), type: 'text/css; charset=utf-8' },
  '/chat.js': { file: new URL('chat.js', PUBLIC_FOLDER), type: SCRIPT },
  '/conversations.js': { file: new URL('conversations.js', PUBLIC_FOLDER), type: SCRIPT },
  '/render.js': { file: new URL('render.js', PUBLIC_FOLDER), type: SCRIPT },
};

const notifyRequest = z.object({
  topic: z.string().min(1).max(100),
  title: z.string().min(1).max(200),
  text: z.string().max(2000),
});

export interface AppOptions {
  readonly signalr: ChatSignalR;
  /** The one origin whose pages may read answers: that of this app, known once it listens. */
  readonly allowedOrigin: () => string;
}

/** The web app: its page, the negotiate endpoints of its hubs, and an endpoint that notifies. */
export function createApp({ signalr, allowedOrigin }: AppOptions): Hono {
  const app = new Hono();
  const notifications = new NotificationService(signalr.hub('NotificationHub'));
  app.use(cors({ origin: (origin) => (origin === allowedOrigin() ? origin : undefined), credentials: true }));
  for (const [path, { file, type }] of Object.entries(FILES)) {
    app.get(path, async (c) => c.body(await readFile(file), 200, { 'Content-Type': type }));
  }
  const bundle = clientBundle();
  app.get('/client.js', async (c) => c.body(await bundle, 200, { 'Content-Type': SCRIPT }));
  app.post('/chat/negotiate', (c) => signalr.negotiate('ChatHub', c.req.raw));
  app.post('/notifications/negotiate', (c) => signalr.negotiate('NotificationHub', c.req.raw));
  app.post('/api/notify', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const request = notifyRequest.safeParse(body);
    if (!request.success)
      return c.json({ error: 'Give topic, title and text as JSON.', issues: request.error.issues }, 400);
    const { topic, title, text } = request.data;
    await notifications.notify(topic, title, text);
    return c.body(null, 202);
  });
  return app;
}
