import { readFile } from 'node:fs/promises';
import { Hono } from 'hono';
import { CATALOGUE } from './catalogue.ts';
import { pageBundle } from './page-bundle.ts';

const PUBLIC_FOLDER = new URL('../public/', import.meta.url);

/** Files of the page with their content types: what is not here is not served. */
const FILES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'auction.css': 'text/css; charset=utf-8',
  'sale.css': 'text/css; charset=utf-8',
  ...Object.fromEntries(CATALOGUE.map(({ picture }) => [picture, 'image/svg+xml'])),
};

/** Serves the page. */
export function pageRoutes(): Hono {
  const app = new Hono();
  for (const [name, type] of Object.entries(FILES)) {
    const path = name === 'index.html' ? '/' : `/${name}`;
    app.get(path, async (c) =>
      c.body(await readFile(new URL(name, PUBLIC_FOLDER), 'utf8'), 200, { 'Content-Type': type }),
    );
  }
  const bundle = pageBundle();
  app.get('/auction.js', async (c) => c.body(await bundle, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  return app;
}
