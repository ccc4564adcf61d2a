import { type Evening, SalePhase, type SaleResult, type Snapshot } from '../src/auction-contract.ts';
import { type Call, callAt, drawDial } from './dial.ts';
import { bump } from './effects.ts';
import { avatar, byId, element } from './elements.ts';
import { money } from './money.ts';

/** What the page knows. */
export interface View {
  readonly me: string;
  readonly evening: Evening;
  readonly snapshot: Snapshot;
  /** The app can be reached: bids make sense. */
  readonly isLive: boolean;
}

const CALLS: Readonly<Record<Call, string>> = {
  open: 'The floor is open',
  once: 'Going once …',
  twice: 'Going twice …',
  over: 'The next lot comes up …',
};
const RAISES = [0, 40, 90] as const;
const FACES_MAX = 6;
const SCROLL_MARGIN_PX = 40;

export type OnBid = (amount: number) => void;

export function draw(view: View, onBid: OnBid): void {
  drawLot(view);
  drawPodium(view);
  drawClock(view, view.snapshot.secondsLeft);
  drawOffers(view, onBid);
  drawBids(view);
  drawCatalogue(view);
  drawPeople(view);
}

/** The part of it that changes every second. */
export function drawClock({ evening, snapshot }: View, secondsLeft: number): void {
  const call = callAt(secondsLeft, snapshot.sale.phase === SalePhase.Bidding);
  drawDial(secondsLeft, evening.biddingSeconds, call);
  change('call', CALLS[call]);
}

function drawLot({ me, evening, snapshot }: View): void {
  const { sale } = snapshot;
  const lot = evening.catalogue[sale.lot];
  if (lot === undefined) return;
  change('place', `Lot ${sale.lot + 1} of ${evening.catalogue.length}`);
  change('story', lot.story);
  const picture = byId('picture', HTMLImageElement);
  if (change('title', lot.title)) picture.src = lot.picture;
  const stamp = byId('stamp', HTMLElement);
  const winner = sale.bids[0];
  stamp.hidden = sale.phase === SalePhase.Bidding;
  stamp.classList.toggle('passed', winner === undefined);
  stamp.textContent = winner === undefined ? 'Passed' : winner.by === me ? 'Yours' : 'Sold';
}

function drawPodium({ me, evening, snapshot }: View): void {
  const { bids, lot, phase } = snapshot.sale;
  const highest = bids[0];
  const price = byId('price', HTMLElement);
  if (change('price', money(highest?.amount ?? evening.catalogue[lot]?.startPrice ?? 0))) bump(price);
  price.classList.toggle('mine', highest?.by === me);
  if (highest === undefined) change('leader', phase === SalePhase.Bidding ? 'Starts at' : 'Nobody wanted it for');
  else if (phase === SalePhase.Over)
    change('leader', highest.by === me ? 'Sold to you for' : `Sold to ${highest.by} for`);
  else change('leader', highest.by === me ? 'You lead with' : `${highest.by} leads with`);
}

function drawOffers(view: View, onBid: OnBid): void {
  const { nextBid, phase, bids } = view.snapshot.sale;
  const isOpen = view.isLive && phase === SalePhase.Bidding && bids[0]?.by !== view.me;
  const purse = purseOf(view);
  const buttons = RAISES.map((raise) => {
    const amount = nextBid + raise;
    const label = `Bid ${money(amount)}`;
    const texts = [element('small', { text: 'Bid' }), element('span', { text: money(amount) })];
    const button = element('button', { label }, ...texts);
    button.type = 'button';
    button.disabled = !isOpen || amount > purse;
    button.addEventListener('click', () => onBid(amount));
    return button;
  });
  replace('offers', buttons);
  change('purse', money(purse));
}

function drawBids({ me, snapshot }: View): void {
  const rows = snapshot.sale.bids.map(({ by, amount }) =>
    element(
      'li',
      {},
      avatar(by),
      element('span', { className: 'by', text: by === me ? 'You' : by }),
      element('span', { className: 'amount', text: money(amount) }),
    ),
  );
  const none = element('li', { className: 'none', text: 'No bid yet. Somebody has to begin.' });
  replace('bids', rows.length > 0 ? rows : [none]);
}

function drawCatalogue({ me, evening, snapshot }: View): void {
  const entries = evening.catalogue.map(({ title, picture, startPrice }, lot) => {
    const result = snapshot.results.find((one) => one.lot === lot);
    const image = element('img');
    image.src = picture;
    image.alt = '';
    const texts = element(
      'span',
      { className: 'texts' },
      element('b', { text: title }),
      element('small', { text: fateOf(result, startPrice, me) }),
    );
    const entry = element('li', { className: result === undefined ? '' : 'done' }, image, texts);
    if (snapshot.sale.lot === lot) entry.setAttribute('aria-current', 'true');
    return entry;
  });
  replace('catalogue', entries);
  const list = byId('catalogue', HTMLElement);
  const current = entries[snapshot.sale.lot];
  // Where the list is too wide for the screen, the current lot is in sight; once, so that people can scroll.
  if (current === undefined || list.dataset['lot'] === String(snapshot.sale.lot)) return;
  list.dataset['lot'] = String(snapshot.sale.lot);
  list.scrollTo({ left: current.offsetLeft - list.offsetLeft - SCROLL_MARGIN_PX });
}

function fateOf(result: SaleResult | undefined, startPrice: number, me: string): string {
  if (result === undefined) return `from ${money(startPrice)}`;
  const { winner } = result;
  if (winner === null) return 'passed';
  return winner.by === me ? `yours for ${money(winner.amount)}` : `${winner.by}, ${money(winner.amount)}`;
}

function drawPeople({ me, snapshot }: View): void {
  const others = snapshot.people.filter((name) => name !== me);
  const faces = [me, ...others].slice(0, FACES_MAX).map((name) => {
    const face = element('li', { className: name === me ? 'me' : '' }, avatar(name), element('span', { text: name }));
    face.title = name === me ? `${name} (you)` : name;
    return face;
  });
  const more = Math.max(snapshot.peopleCount, others.length + 1) - faces.length;
  replace('people', more > 0 ? [...faces, element('li', { className: 'more', text: `+${more}` })] : faces);
}

function purseOf({ me, evening, snapshot }: View): number {
  const spent = snapshot.results.map(({ winner }) => (winner?.by === me ? winner.amount : 0));
  return spent.reduce((left, amount) => left - amount, evening.purse);
}

/** True when the text was another one before. */
function change(id: string, text: string): boolean {
  const target = byId(id, HTMLElement);
  if (target.textContent === text) return false;
  target.textContent = text;
  return true;
}

function replace(id: string, children: readonly Node[]): void {
  byId(id, HTMLElement).replaceChildren(...children);
}
