// What the app and its pages say to each other. The page's client is typed by it, and so is what the app sends.

/** Something to be sold. */
export interface Lot {
  readonly title: string;
  readonly story: string;
  /** Address of its picture. */
  readonly picture: string;
  readonly startPrice: number;
}

export interface Bid {
  readonly by: string;
  readonly amount: number;
}

export const SalePhase = { Bidding: 'bidding', Over: 'over' } as const;
export type SalePhase = (typeof SalePhase)[keyof typeof SalePhase];

/** How it ended for one lot of the evening. */
export interface SaleResult {
  readonly lot: number;
  /** Null: nobody wanted it. */
  readonly winner: Bid | null;
}

/** The server's clock, which it broadcasts every second. */
export interface Clock {
  /** Another one after each start of the app. */
  readonly house: string;
  /** Counts the changes of the snapshot: who has an older one has missed something. */
  readonly version: number;
  readonly secondsLeft: number;
}

/** All that changes in the course of an evening. */
export interface Snapshot extends Clock {
  readonly sale: {
    readonly number: number;
    /** Place of the lot in the catalogue. */
    readonly lot: number;
    readonly phase: SalePhase;
    /** The last ones, highest first. */
    readonly bids: readonly Bid[];
    /** The least that the next bid must be. */
    readonly nextBid: number;
  };
  readonly results: readonly SaleResult[];
  /** Names in order; of a crowd, the first of them. */
  readonly people: readonly string[];
  readonly peopleCount: number;
}

/** What somebody learns who comes in. */
export interface Evening {
  readonly catalogue: readonly Lot[];
  /** What everybody may spend in an evening. */
  readonly purse: number;
  readonly biddingSeconds: number;
  readonly snapshot: Snapshot;
}

export const CHEERS = ['♥', '★', '♪'] as const;
export type Cheer = (typeof CHEERS)[number];

export interface AuctionContract {
  server: {
    /** Comes in, or catches up. */
    enter(): Evening;
    /** Bids for the lot of one sale. */
    bid(sale: number, amount: number): void;
    cheer(cheer: Cheer): void;
  };
  client: {
    /** To everybody, when anything has changed. */
    updated(snapshot: Snapshot): void;
    /** To everybody, every second. */
    ticked(clock: Clock): void;
    /** To those who bid in this sale, but not to whom the bid is. */
    outbid(bid: Bid): void;
    /** To the winner. */
    won(title: string, amount: number): void;
    /** To everybody. */
    cheered(by: string, cheer: Cheer): void;
  };
}
