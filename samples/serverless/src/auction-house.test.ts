import { describe, expect, test } from 'vitest';
import { AUCTION_RULES, Auction } from './auction.ts';
import type { AuctionContract } from './auction-contract.ts';
import { AuctionHouse } from './auction-house.ts';
import { CATALOGUE } from './catalogue.ts';
import type { Audience, HubSender } from './hub-sender.ts';

interface Sent {
  readonly target: string;
  readonly arguments: readonly unknown[];
  readonly to: Audience | undefined;
}

const ANN = { connectionId: 'a1', name: 'ann' };
const BOB = { connectionId: 'b1', name: 'bob' };

/** A house whose messages are written down, and whose time passes when it is told to. */
function createScene() {
  const clock = { now: 1_000_000 };
  const sent: Sent[] = [];
  const joined: string[] = [];
  const hub: HubSender<AuctionContract['client']> = {
    send: async (call, to) => void sent.push({ target: call.target, arguments: call.arguments, to }),
    addUserToGroup: async (user, group, seconds) => void joined.push(`${user} ${group} ${seconds}`),
  };
  const catalogue = CATALOGUE;
  const rules = AUCTION_RULES;
  const auction = new Auction({ catalogue, rules, now: () => clock.now });
  const house = new AuctionHouse({ id: 'house', auction, catalogue, rules, hub });
  const taken = () => sent.splice(0).map(({ target }) => target);
  return { house, clock, sent, joined, taken };
}

describe('people', () => {
  test('are announced when they come and when they go, once each', async () => {
    const { house, sent, taken } = createScene();
    await house.connected(ANN);
    expect(sent).toMatchObject([{ target: 'updated', arguments: [{ version: 1, people: ['ann'] }], to: undefined }]);
    taken();
    await house.connected({ ...ANN, connectionId: 'a2' });
    await house.disconnected(ANN);
    expect(taken()).toEqual([]);
    await house.disconnected({ ...ANN, connectionId: 'a2' });
    expect(sent).toMatchObject([{ arguments: [{ version: 2, people: [], peopleCount: 0 }] }]);
  });

  test('who were here before the app learn what is going on, and are here', async () => {
    const { house, taken } = createScene();
    const evening = await house.methods.enter(ANN, []);
    expect(evening).toMatchObject({ purse: 1000, snapshot: { house: 'house', version: 1, people: ['ann'] } });
    expect(taken()).toEqual(['updated']);
    await house.methods.enter(ANN, []);
    expect(taken()).toEqual([]);
  });

  test('of a crowd are told in part, and counted', async () => {
    const { house } = createScene();
    for (let i = 0; i < 50; i++) await house.connected({ connectionId: String(i), name: `guest ${i}` });
    const evening = await house.methods.enter(BOB, []);
    expect(evening).toMatchObject({ snapshot: { people: { length: 40 }, peopleCount: 51 } });
  });
});

describe('a bid', () => {
  test('is seen by all, and joins the bidders, who are told but for its own', async () => {
    const { house, sent, joined } = createScene();
    await house.connected(ANN);
    await house.connected({ ...ANN, connectionId: 'a2' });
    sent.length = 0;
    expect(await house.methods.bid(ANN, [1, 40])).toBeUndefined();
    const bid = { by: 'ann', amount: 40 };
    expect(sent).toMatchObject([
      { target: 'updated', arguments: [{ version: 2, sale: { bids: [bid], nextBid: 50 } }], to: undefined },
      { target: 'outbid', arguments: [bid], to: { group: 'sale-1', except: ['a1', 'a2'] } },
    ]);
    expect(joined).toEqual(['ann sale-1 120']);
  });

  test.each([{ args: [] }, { args: [1] }, { args: [1, '40'] }, { args: [1, 40.5] }, { args: [1, 40, 0] }])(
    'of $args is none',
    async ({ args }) => {
      const { house, taken } = createScene();
      await expect(house.methods.bid(ANN, args)).rejects.toThrow('These are not the arguments of that method.');
      expect(taken()).toEqual([]);
    },
  );

  test('that does not count is told to nobody', async () => {
    const { house, taken } = createScene();
    await expect(house.methods.bid(ANN, [1, 1])).rejects.toThrow('Somebody was faster');
    expect(taken()).toEqual([]);
  });
});

describe('a cheer', () => {
  test('is heard by all', async () => {
    const { house, sent } = createScene();
    await house.methods.cheer(BOB, ['♥']);
    expect(sent).toEqual([{ target: 'cheered', arguments: ['bob', '♥'], to: undefined }]);
  });

  test('is one of those that there are', async () => {
    const { house, taken } = createScene();
    await expect(house.methods.cheer(BOB, ['<b>'])).rejects.toThrow('These are not the arguments');
    expect(taken()).toEqual([]);
  });
});

describe('the clock', () => {
  test('is told to all every second', async () => {
    const { house, clock, sent } = createScene();
    clock.now += 1000;
    await house.tick();
    expect(sent).toEqual([
      { target: 'ticked', arguments: [{ house: 'house', version: 0, secondsLeft: 29 }], to: undefined },
    ]);
  });

  test('ends a sale: all see it, the winner is told', async () => {
    const { house, clock, sent, taken } = createScene();
    await house.methods.bid(BOB, [1, 70]);
    taken();
    clock.now += AUCTION_RULES.biddingMs;
    await house.tick();
    expect(sent).toMatchObject([
      { target: 'updated', arguments: [{ sale: { phase: 'over' }, results: [{ lot: 0, winner: { by: 'bob' } }] }] },
      { target: 'won', arguments: ['The Moon, lightly used', 70], to: { user: 'bob' } },
    ]);
    taken();
    clock.now += AUCTION_RULES.pauseMs;
    await house.tick();
    expect(taken()).toEqual(['updated']);
  });

  test('ends a sale without a winner', async () => {
    const { house, clock, taken } = createScene();
    clock.now += AUCTION_RULES.biddingMs;
    await house.tick();
    expect(taken()).toEqual(['updated']);
  });
});
