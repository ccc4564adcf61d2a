import { type Bid, type Lot, SalePhase, type SaleResult } from './auction-contract.ts';
import { Refusal } from './refusal.ts';

export interface AuctionRules {
  readonly biddingMs: number;
  /** A late bid leaves the others at least so long to answer. */
  readonly answerMs: number;
  /** From one lot to the next. */
  readonly pauseMs: number;
  /** What everybody may spend in an evening. */
  readonly purse: number;
  /** A bid is at least so much higher than the one before. */
  readonly step: number;
}

export const AUCTION_RULES: AuctionRules = {
  biddingMs: 30_000,
  answerMs: 10_000,
  pauseMs: 7_000,
  purse: 1_000,
  step: 10,
};

/** One lot under the hammer. */
export interface Sale {
  /** Counts the sales. */
  readonly number: number;
  /** Place of the lot in the catalogue. */
  readonly lot: number;
  readonly phase: SalePhase;
  /** Highest first. */
  readonly bids: readonly Bid[];
  /** When its phase ends, in milliseconds since 1970. */
  readonly endsAt: number;
}

export interface AuctionOptions {
  readonly catalogue: readonly Lot[];
  readonly rules: AuctionRules;
  readonly now: () => number;
}

const BIDS_KEPT_MAX = 8;

/** The rules of the game: lot after lot, evening after evening. It sends nothing. */
export class Auction {
  readonly #options: AuctionOptions;
  #sale: Sale;
  #results: readonly SaleResult[] = [];

  constructor(options: AuctionOptions) {
    this.#options = options;
    this.#sale = this.#opened(1, 0);
  }

  get sale(): Sale {
    return this.#sale;
  }

  /** Of this evening. */
  get results(): readonly SaleResult[] {
    return this.#results;
  }

  get secondsLeft(): number {
    return Math.max(0, Math.ceil((this.#sale.endsAt - this.#options.now()) / 1000));
  }

  get nextBid(): number {
    const highest = this.#sale.bids[0];
    return highest === undefined ? this.#lot.startPrice : highest.amount + this.#options.rules.step;
  }

  /** What somebody may still spend this evening. */
  purseOf(name: string): number {
    const spent = this.#results.map(({ winner }) => (winner?.by === name ? winner.amount : 0));
    return spent.reduce((sum, amount) => sum - amount, this.#options.rules.purse);
  }

  /** @throws Refusal, which says why the bid does not count. */
  bid(sale: number, bid: Bid): void {
    this.#check(sale, bid);
    const { rules, now } = this.#options;
    const { bids, endsAt } = this.#sale;
    this.#sale = {
      ...this.#sale,
      bids: [bid, ...bids].slice(0, BIDS_KEPT_MAX),
      endsAt: Math.max(endsAt, now() + rules.answerMs),
    };
  }

  /** Lets time pass. Gives the sale that has just ended or begun, if one has. */
  advance(): Sale | undefined {
    const { rules, now, catalogue } = this.#options;
    const { number, lot, phase, bids, endsAt } = this.#sale;
    if (now() < endsAt) return undefined;
    if (phase === SalePhase.Bidding) {
      this.#results = [...this.#results, { lot, winner: bids[0] ?? null }];
      this.#sale = { ...this.#sale, phase: SalePhase.Over, endsAt: now() + rules.pauseMs };
    } else {
      const next = (lot + 1) % catalogue.length;
      if (next === 0) this.#results = [];
      this.#sale = this.#opened(number + 1, next);
    }
    return this.#sale;
  }

  get #lot(): Lot {
    const lot = this.#options.catalogue[this.#sale.lot];
    if (lot === undefined) throw new RangeError('The catalogue is empty.');
    return lot;
  }

  #opened(number: number, lot: number): Sale {
    const { rules, now } = this.#options;
    return { number, lot, phase: SalePhase.Bidding, bids: [], endsAt: now() + rules.biddingMs };
  }

  #check(sale: number, { by, amount }: Bid): void {
    const { number, phase, bids, endsAt } = this.#sale;
    const isOver = sale !== number || phase === SalePhase.Over || endsAt <= this.#options.now();
    if (isOver) throw new Refusal('Too late: the hammer has fallen.');
    if (bids[0]?.by === by) throw new Refusal('You lead already.');
    if (amount < this.nextBid) throw new Refusal(`Somebody was faster: bid ${this.nextBid} or more.`);
    const purse = this.purseOf(by);
    if (amount > purse) throw new Refusal(`Your purse holds ${purse}.`);
  }
}
