import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { AUCTION_HUB } from './auction-house.ts';
import { DEFAULT_PORT } from './start-sample.ts';
import { UPSTREAM_TEMPLATE } from './upstream.ts';

test('settings.json sends the events of the hub to where main.ts listens', async () => {
  const settings: unknown = JSON.parse(await readFile(new URL('../settings.json', import.meta.url), 'utf8'));
  expect(settings).toMatchObject({
    UpstreamSettings: {
      Templates: [{ UrlTemplate: `http://localhost:${DEFAULT_PORT}/${UPSTREAM_TEMPLATE}`, HubPattern: AUCTION_HUB }],
    },
  });
});
