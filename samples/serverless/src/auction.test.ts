import { describe, expect, test } from 'vitest';
import { AUCTION_RULES, Auction } from './auction.ts';
import { CATALOGUE } from './catalogue.ts';
import { Refusal } from './refusal.ts';

const { biddingMs, answerMs, pauseMs, purse, step } = AUCTION_RULES;
const [first, second] = CATALOGUE;
const start = first?.startPrice ?? 0;

/** An auction whose time passes when it is told to. */
function createScene() {
  const clock = { now: 1_000_000 };
  const auction = new Auction({ catalogue: CATALOGUE, rules: AUCTION_RULES, now: () => clock.now });
  const pass = (ms: number) => {
    clock.now += ms;
    return auction.advance();
  };
  return { clock, auction, pass };
}

describe('bids', () => {
  test('start at the price of the lot and rise by steps', () => {
    const { auction } = createScene();
    expect(auction.nextBid).toBe(start);
    auction.bid(1, { by: 'ann', amount: start });
    expect(auction.nextBid).toBe(start + step);
    auction.bid(1, { by: 'bob', amount: start + step + 5 });
    expect(auction.sale.bids).toEqual([
      { by: 'bob', amount: start + step + 5 },
      { by: 'ann', amount: start },
    ]);
  });

  test.each([
    { why: 'too low', sale: 1, bid: { by: 'bob', amount: start + step - 1 }, text: 'Somebody was faster: bid 50' },
    { why: 'by who leads', sale: 1, bid: { by: 'ann', amount: 500 }, text: 'You lead already.' },
    { why: 'for another sale', sale: 2, bid: { by: 'bob', amount: 500 }, text: 'the hammer has fallen' },
    { why: 'beyond the purse', sale: 1, bid: { by: 'bob', amount: purse + 1 }, text: `Your purse holds ${purse}.` },
  ])('are refused when $why', ({ sale, bid, text }) => {
    const { auction } = createScene();
    auction.bid(1, { by: 'ann', amount: start });
    const before = auction.sale;
    expect(() => auction.bid(sale, bid)).toThrow(text);
    expect(() => auction.bid(sale, bid)).toThrow(Refusal);
    expect(auction.sale).toBe(before);
  });

  test('are refused when time is up, even before the clock has been looked at', () => {
    const { auction, clock } = createScene();
    clock.now += biddingMs;
    expect(() => auction.bid(1, { by: 'ann', amount: start })).toThrow('Too late');
  });

  test('of the last moment leave the others time to answer, early ones do not', () => {
    const { auction, pass } = createScene();
    auction.bid(1, { by: 'ann', amount: start });
    expect(auction.secondsLeft).toBe(biddingMs / 1000);
    pass(biddingMs - 1);
    expect(auction.secondsLeft).toBe(1);
    auction.bid(1, { by: 'bob', amount: 500 });
    expect(auction.secondsLeft).toBe(answerMs / 1000);
  });

  test('beyond a handful are forgotten, the lowest first', () => {
    const { auction } = createScene();
    for (let i = 0; i < 12; i++) auction.bid(1, { by: i % 2 === 0 ? 'ann' : 'bob', amount: start + i * step });
    expect(auction.sale.bids).toHaveLength(8);
    expect(auction.sale.bids[0]).toEqual({ by: 'bob', amount: start + 11 * step });
  });
});

describe('time', () => {
  test('sells to the highest bid, pauses, and goes on to the next lot', () => {
    const { auction, pass } = createScene();
    auction.bid(1, { by: 'ann', amount: 100 });
    expect(pass(biddingMs - 1)).toBeUndefined();
    expect(pass(1)).toMatchObject({ number: 1, phase: 'over' });
    expect(auction.results).toEqual([{ lot: 0, winner: { by: 'ann', amount: 100 } }]);
    expect(auction.purseOf('ann')).toBe(purse - 100);
    expect(auction.purseOf('bob')).toBe(purse);
    expect(pass(pauseMs - 1)).toBeUndefined();
    expect(pass(1)).toMatchObject({ number: 2, lot: 1, phase: 'bidding', bids: [] });
    expect(auction.nextBid).toBe(second?.startPrice);
  });

  test('passes what nobody wants', () => {
    const { auction, pass } = createScene();
    pass(biddingMs);
    expect(auction.results).toEqual([{ lot: 0, winner: null }]);
  });

  test('begins a new evening, with full purses, after the last lot', () => {
    const { auction, pass } = createScene();
    auction.bid(1, { by: 'ann', amount: 400 });
    for (let i = 0; i < CATALOGUE.length; i++) {
      pass(biddingMs);
      expect(auction.results).toHaveLength(i + 1);
      pass(pauseMs);
    }
    expect(auction.sale).toMatchObject({ number: CATALOGUE.length + 1, lot: 0 });
    expect(auction.results).toEqual([]);
    expect(auction.purseOf('ann')).toBe(purse);
  });
});
