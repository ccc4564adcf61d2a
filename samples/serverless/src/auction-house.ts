import { z } from 'zod';
import type { Auction, AuctionRules } from './auction.ts';
import {
  type AuctionContract,
  type Bid,
  CHEERS,
  type Cheer,
  type Clock,
  type Evening,
  type Lot,
  SalePhase,
  type Snapshot,
} from './auction-contract.ts';
import { type Guest, GuestList } from './guest-list.ts';
import { type HubMethods, hubMethod } from './hub-method.ts';
import type { HubSender } from './hub-sender.ts';

export const AUCTION_HUB = 'auction';

type Server = AuctionContract['server'];

export interface AuctionHouseOptions {
  /** Names this run of the app. */
  readonly id: string;
  readonly auction: Auction;
  readonly catalogue: readonly Lot[];
  readonly rules: AuctionRules;
  readonly hub: HubSender<AuctionContract['client']>;
}

const PEOPLE_MAX = 40;
/** Bids renew it, so a group outlives its sale by no more than that. */
const GROUP_SECONDS = 120;

/** Plays the auction with the people who are here: what they do comes in by the upstream, what they see goes out by REST. */
export class AuctionHouse {
  /** What clients may call. */
  readonly methods: HubMethods<Server>;
  readonly #options: AuctionHouseOptions;
  readonly #guests = new GuestList();
  #version = 0;

  constructor(options: AuctionHouseOptions) {
    this.#options = options;
    this.methods = {
      enter: hubMethod<Server['enter']>(z.tuple([]), (caller) => this.#enter(caller)),
      bid: hubMethod<Server['bid']>(z.tuple([z.int(), z.int()]), ({ name }, sale, amount) =>
        this.#bid(sale, { by: name, amount }),
      ),
      cheer: hubMethod<Server['cheer']>(z.tuple([z.enum(CHEERS)]), ({ name }, cheer) => this.#cheer(name, cheer)),
    };
  }

  /** Somebody's connection is open. */
  async connected(guest: Guest): Promise<void> {
    if (this.#guests.add(guest)) await this.#update();
  }

  /** Somebody's connection has ended. */
  async disconnected({ connectionId }: Guest): Promise<void> {
    if (this.#guests.remove(connectionId)) await this.#update();
  }

  /** A second has passed. */
  async tick(): Promise<void> {
    const changed = this.#options.auction.advance();
    if (changed === undefined) {
      await this.#options.hub.send({ target: 'ticked', arguments: [this.#clock()] });
      return;
    }
    await this.#update();
    const [highest] = changed.bids;
    if (changed.phase === SalePhase.Over && highest !== undefined) await this.#congratulate(changed.lot, highest);
  }

  /** Guests who were here before the app was started again are unknown until they call. */
  async #enter(guest: Guest): Promise<Evening> {
    if (this.#guests.add(guest)) await this.#update();
    const { catalogue, rules } = this.#options;
    return { catalogue, purse: rules.purse, biddingSeconds: rules.biddingMs / 1000, snapshot: this.#snapshot() };
  }

  async #bid(sale: number, bid: Bid): Promise<void> {
    const { auction, hub } = this.#options;
    auction.bid(sale, bid);
    const group = `sale-${sale}`;
    await Promise.all([
      this.#update(),
      hub.send({ target: 'outbid', arguments: [bid] }, { group, except: this.#guests.connectionsOf(bid.by) }),
      hub.addUserToGroup(bid.by, group, GROUP_SECONDS),
    ]);
  }

  #cheer(by: string, cheer: Cheer): Promise<void> {
    return this.#options.hub.send({ target: 'cheered', arguments: [by, cheer] });
  }

  #congratulate(lot: number, { by, amount }: Bid): Promise<void> {
    const title = this.#options.catalogue[lot]?.title ?? '';
    return this.#options.hub.send({ target: 'won', arguments: [title, amount] }, { user: by });
  }

  #update(): Promise<void> {
    this.#version += 1;
    return this.#options.hub.send({ target: 'updated', arguments: [this.#snapshot()] });
  }

  #clock(): Clock {
    const { id, auction } = this.#options;
    return { house: id, version: this.#version, secondsLeft: auction.secondsLeft };
  }

  #snapshot(): Snapshot {
    const { sale, nextBid, results } = this.#options.auction;
    const { number, lot, phase, bids } = sale;
    const people = this.#guests.names();
    return {
      ...this.#clock(),
      sale: { number, lot, phase, bids, nextBid },
      results,
      people: people.slice(0, PEOPLE_MAX),
      peopleCount: people.length,
    };
  }
}
