import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Service, startService } from 'signalite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sample, startSample } from '../src/start-sample.ts';

// Two people in two browsers, on the page as it is served.

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

let service: Service;
let sample: Sample;
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no Chromium at ${CHROMIUM}. Install the Debian package chromium, or set CHROMIUM to another.`,
    );
  }
  service = await startService({ host: '127.0.0.1', port: 0 });
  sample = await startSample({ connectionString: service.connectionString, port: 0 });
  browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}, START_MS);

afterAll(async () => {
  await browser?.close();
  await sample?.close();
  await service?.close();
});

/** Opens the page in a browser profile of its own and takes a name. */
async function join(name: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(sample.url);
  await page.getByLabel('What should we call you?').fill(name);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByRole('status').getByText('connected').waitFor();
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

const sees = (page: Page, text: string) => page.locator('#messages').getByText(text, { exact: true }).waitFor();

async function joinRoom(page: Page, room: string): Promise<void> {
  await page.getByLabel('Room to join').fill(room);
  await page.getByRole('button', { name: 'Join room' }).click();
  await page.getByRole('heading', { name: `# ${room}` }).waitFor();
}

test('two people chat, join a room, one leaves', { timeout: START_MS }, async () => {
  const ann = await join('Ann');
  const bob = await join('Bob');
  await sees(ann, 'Bob is here.');

  await say(ann, 'Hello <b>all</b>');
  await sees(bob, 'Hello <b>all</b>');

  await joinRoom(ann, 'tea');
  await joinRoom(bob, 'tea');
  await sees(ann, 'Bob joined the room.');
  await say(bob, 'With milk?');
  await sees(ann, 'With milk?');
  if (process.env['SCREENSHOTS'] !== undefined)
    await ann.screenshot({ path: `${process.env['SCREENSHOTS']}/room.png` });

  await ann.getByRole('button', { name: 'Bob' }).click();
  await say(ann, 'Between us');
  await bob.getByRole('button', { name: 'Ann' }).click();
  await sees(bob, 'Between us');

  await bob.context().close();
  await ann.getByRole('button', { name: '# tea' }).click();
  await sees(ann, 'Bob left the room.');
  await ann.getByRole('button', { name: 'Everyone' }).click();
  await sees(ann, 'Bob has left.');
  await ann.context().close();
});

test('a name can be had once', async () => {
  const ann = await join('Twin');
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(sample.url);
  await other.getByLabel('What should we call you?').fill('twin');
  await other.getByRole('button', { name: 'Join', exact: true }).click();
  await other.getByRole('alert').getByText('The name twin is taken. Choose another.').waitFor();
  await context.close();
  await ann.context().close();
});

test('a notification from outside a hub reaches who asked for its topic', async () => {
  const page = await join('Reader');
  await page.getByLabel('Notify me of news').check();
  const notify = () =>
    fetch(new URL('api/notify', sample.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ topic: 'news', title: 'Headline', text: 'It works' }),
    });
  // The subscription is on its way while the first ones are sent.
  await expect
    .poll(async () => {
      expect((await notify()).status).toBe(202);
      return page.locator('.toast').count();
    })
    .toBeGreaterThan(0);
  await page.locator('.toast').getByText('Headline · news').first().waitFor();
  await page.context().close();
});

test('a lost connection shows a banner and comes back by itself, rooms included', async () => {
  const page = await join('Phoenix');
  await joinRoom(page, 'ashes');
  service.drop();
  await page.getByText('The connection is lost.').waitFor();
  await page.getByRole('status').getByText('connected', { exact: true }).waitFor();
  await say(page, 'Back again');
  await sees(page, 'Back again');
  await page.context().close();
});
