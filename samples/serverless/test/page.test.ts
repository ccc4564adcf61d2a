import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Service, startService } from 'signalite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUCTION_RULES } from '../src/auction.ts';
import { type Sample, startSample } from '../src/start-sample.ts';

// Two people in two browsers, the app, and the service between them.

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
const WAIT_MS = 15_000;

let browser: Browser;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) {
    throw new Error(
      `There is no Chromium at ${CHROMIUM}. Install the Debian package chromium, or set CHROMIUM to another.`,
    );
  }
  browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}, START_MS);

afterAll(async () => {
  await browser?.close();
});

/** A service with the app behind it, whose clock stands still until it is told to go on. */
class Scene implements AsyncDisposable {
  readonly service: Service;
  readonly #tickMs: number;
  readonly #people: Page[] = [];
  #sample: Sample | undefined;
  #now = Date.now();

  static async start(tickMs = 100): Promise<Scene> {
    const scene = new Scene(await startService({ host: '127.0.0.1', port: 0, serviceMode: 'Serverless' }), tickMs);
    const { upstreamTemplate } = await scene.startApp();
    scene.service.changeUpstream([{ urlTemplate: upstreamTemplate }]);
    return scene;
  }

  private constructor(service: Service, tickMs: number) {
    this.service = service;
    this.#tickMs = tickMs;
  }

  pass(ms: number): void {
    this.#now += ms;
  }

  /** Another time it has the same port again. */
  async startApp(): Promise<Sample> {
    const { connectionString } = this.service;
    const port = this.#sample?.port ?? 0;
    this.#sample = await startSample({ connectionString, port, tickMs: this.#tickMs, now: () => this.#now });
    return this.#sample;
  }

  async stopApp(): Promise<void> {
    await this.#sample?.close();
  }

  /** Opens the page in a browser profile of its own and takes a seat. */
  async enter(name: string): Promise<Page> {
    const context = await browser.newContext();
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    this.#people.push(page);
    await page.goto(this.#sample?.url ?? '');
    await page.getByLabel('Under which name do you bid?').fill(name);
    await page.getByRole('button', { name: 'Take a seat' }).click();
    await isLive(page);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const page of this.#people) await page.context().close();
    await this.stopApp();
    await this.service.close();
  }
}

const isLive = (page: Page) => page.getByRole('status').getByText('live').waitFor();
const sees = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();
const isHere = (page: Page, name: string) => page.getByLabel('Who is here').getByText(name, { exact: true }).waitFor();
const bid = (page: Page, text: string) => page.getByRole('button', { name: `Bid ${text}`, exact: true }).click();

test('two people bid against each other; one wins, all see it', { timeout: START_MS }, async () => {
  await using scene = await Scene.start();
  const ann = await scene.enter('Ann');
  const bob = await scene.enter('Zoë');
  await isHere(ann, 'Zoë');
  await isHere(bob, 'Ann');

  await bid(ann, 'ƒ40');
  await sees(bob, 'Ann leads with');
  await sees(ann, 'You lead with');
  expect(await ann.getByRole('button', { name: 'Bid ƒ50' }).isDisabled()).toBe(true);

  await bid(bob, 'ƒ50');
  await sees(ann, 'You are outbid');
  await sees(ann, 'Zoë bids ƒ50.');
  expect(await bob.locator('.toast').count()).toBe(0);

  await bob.getByRole('button', { name: 'Cheer ★' }).click();
  await ann.locator('.cheer').getByText('Zoë').waitFor();

  scene.pass(AUCTION_RULES.biddingMs - 4_500);
  await sees(ann, 'Going twice …');
  await ann.getByRole('timer').getByText('5', { exact: true }).waitFor();
  scene.pass(5_000);
  await sees(bob, 'Yours');
  await sees(bob, 'The Moon, lightly used is yours for ƒ50.');
  await sees(bob, 'ƒ950');
  await sees(ann, 'Sold to Zoë for');
  await sees(ann, 'Zoë, ƒ50');
  expect(await ann.getByText('The hammer falls for you').count()).toBe(0);

  scene.pass(AUCTION_RULES.pauseMs);
  await ann.getByRole('heading', { name: 'A storm in a teacup' }).waitFor();

  await bob.context().close();
  await ann.getByLabel('Who is here').getByText('Zoë', { exact: true }).waitFor({ state: 'detached' });
});

test('who is too late learns why', async () => {
  // Long enough to click in between.
  await using scene = await Scene.start(3000);
  const ann = await scene.enter('Ann');
  scene.pass(1000);
  await ann.getByRole('timer').getByText('29', { exact: true }).waitFor();
  scene.pass(AUCTION_RULES.biddingMs);
  await bid(ann, 'ƒ40');
  await sees(ann, 'Too late: the hammer has fallen.');
});

test('a name is needed, and remembered', async () => {
  await using scene = await Scene.start();
  const page = await scene.enter('Ann');
  await page.reload();
  const name = page.getByLabel('Under which name do you bid?');
  expect(await name.inputValue()).toBe('Ann');
  await name.fill('  ');
  await page.getByRole('button', { name: 'Take a seat' }).click();
  await page.locator('#name:user-invalid').waitFor();
  expect(await page.getByRole('status').isVisible()).toBe(false);
});

test('while the app is away nobody is disconnected, and all goes on when it is back', {
  timeout: START_MS,
}, async () => {
  await using scene = await Scene.start();
  const ann = await scene.enter('Ann');
  await bid(ann, 'ƒ40');
  await sees(ann, 'You lead with');
  await scene.stopApp();
  await ann.getByText('The auctioneer has stepped out').waitFor();
  expect(await ann.getByRole('button', { name: 'Bid ƒ50' }).isDisabled()).toBe(true);
  expect(scene.service.counts.clients).toBe(1);
  await scene.startApp();
  await isLive(ann);
  await isHere(ann, 'Ann');
  // The new app begins a new evening.
  await sees(ann, 'Starts at');
  await bid(ann, 'ƒ40');
  await sees(ann, 'You lead with');
});

test('a lost connection comes back by itself', { timeout: START_MS }, async () => {
  await using scene = await Scene.start();
  const ann = await scene.enter('Ann');
  scene.service.drop();
  await ann.getByText('The connection is lost.').waitFor();
  await isLive(ann);
  await bid(ann, 'ƒ40');
  await sees(ann, 'You lead with');
});
