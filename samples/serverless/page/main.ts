import { HubConnectionBuilder, HubInvocationError } from '@signalite/client';
import { type AuctionContract, CHEERS, type Clock, type Evening, type Snapshot } from '../src/auction-contract.ts';
import { showCheer, throwConfetti, toast } from './effects.ts';
import { byId, element } from './elements.ts';
import { draw, drawClock, type View } from './evening-view.ts';
import { money } from './money.ts';
import { type Status, showStatus } from './status.ts';

// One connection to the service. What this page calls is answered by the app, by way of its upstream.

const RECONNECT_DELAYS_MS = [0, 1000, 2000, 5000, 10_000, 10_000, 30_000];
/** So long without a tick, and the app is gone; the connection to the service need not be. */
const SILENCE_MS = 4000;
const CALL_MS = 10_000;
const NAME_KEY = 'auction-name';

type Hub = ReturnType<typeof connect>;
let view: View | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;

function connect(name: string) {
  const hub = new HubConnectionBuilder<AuctionContract>()
    .withUrl(`./?name=${encodeURIComponent(name)}`)
    .withAutomaticReconnect(RECONNECT_DELAYS_MS)
    .build();
  hub.on('updated', (snapshot) => take(hub, snapshot));
  hub.on('ticked', (clock) => tick(hub, clock));
  hub.on('outbid', ({ by, amount }) => toast('You are outbid', `${by} bids ${money(amount)}.`));
  hub.on('won', (title, amount) => {
    throwConfetti();
    toast('The hammer falls for you', `${title} is yours for ${money(amount)}.`, 'joy');
  });
  hub.on('cheered', showCheer);
  hub.onreconnecting(() => setStatus(hub, 'reconnecting'));
  hub.onreconnected(() => void enter(hub, name).catch(() => setStatus(hub, 'away')));
  hub.onclose(() => setStatus(hub, 'closed'));
  return hub;
}

/** Asks what is going on: at first, after a reconnect, and whenever something was missed. */
async function enter(hub: Hub, me: string): Promise<void> {
  const evening: Evening = await hub.with({ signal: AbortSignal.timeout(CALL_MS) }).invoke('enter');
  view = { me, evening, snapshot: latest(evening.snapshot), isLive: true };
  setStatus(hub, 'live');
}

function take(hub: Hub, snapshot: Snapshot): void {
  if (view === undefined) return;
  view = { ...view, snapshot: latest(snapshot) };
  setStatus(hub, 'live');
}

/** Of two snapshots of the same house the later one counts, in whatever order they come. */
function latest(snapshot: Snapshot): Snapshot {
  if (view === undefined || snapshot.house !== view.snapshot.house) return snapshot;
  return snapshot.version < view.snapshot.version ? view.snapshot : snapshot;
}

function tick(hub: Hub, clock: Clock): void {
  if (view === undefined) return;
  const { me, snapshot } = view;
  if (clock.house !== snapshot.house || clock.version > snapshot.version) {
    void enter(hub, me).catch(() => setStatus(hub, 'away'));
    return;
  }
  if (!view.isLive) setStatus(hub, 'live');
  watch(hub);
  drawClock(view, clock.secondsLeft);
}

function setStatus(hub: Hub, status: Status): void {
  showStatus(status);
  clearTimeout(silence);
  if (status === 'live') watch(hub);
  if (view === undefined) return;
  view = { ...view, isLive: status === 'live' };
  draw(view, (amount) => void bid(hub, amount));
}

function watch(hub: Hub): void {
  clearTimeout(silence);
  silence = setTimeout(() => setStatus(hub, 'away'), SILENCE_MS);
}

async function bid(hub: Hub, amount: number): Promise<void> {
  if (view === undefined) return;
  try {
    await hub.with({ signal: AbortSignal.timeout(CALL_MS) }).invoke('bid', view.snapshot.sale.number, amount);
  } catch (error) {
    toast('Your bid does not count', reasonOf(error), 'problem');
  }
}

function reasonOf(error: unknown): string {
  return error instanceof HubInvocationError ? error.message : 'The house does not answer. Try again.';
}

function offerCheers(hub: Hub): void {
  const buttons = CHEERS.map((cheer) => {
    const button = element('button', { text: cheer, label: `Cheer ${cheer}` });
    button.type = 'button';
    button.addEventListener('click', () => void hub.send('cheer', cheer).catch(() => undefined));
    return button;
  });
  byId('cheers', HTMLElement).replaceChildren(...buttons);
}

async function open(name: string): Promise<void> {
  const hub = connect(name);
  try {
    await hub.start();
    await enter(hub, name);
  } catch (error) {
    await hub.stop();
    throw error;
  }
  offerCheers(hub);
  localStorage.setItem(NAME_KEY, name);
  byId('door', HTMLElement).hidden = true;
  byId('room', HTMLElement).hidden = false;
}

const nameField = byId('name', HTMLInputElement);
nameField.value = localStorage.getItem(NAME_KEY) ?? '';
nameField.focus();

byId('door', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  const problem = byId('door-problem', HTMLElement);
  const button = byId('enter', HTMLButtonElement);
  problem.textContent = '';
  button.disabled = true;
  open(nameField.value.trim())
    .catch((error: unknown) => {
      problem.textContent = error instanceof Error ? error.message : String(error);
    })
    .finally(() => {
      button.disabled = false;
    });
});
