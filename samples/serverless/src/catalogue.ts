import type { Lot } from './auction-contract.ts';

/** What is sold in an evening. */
export const CATALOGUE: readonly Lot[] = [
  {
    title: 'The Moon, lightly used',
    story: 'One owner, kept outdoors. Comes with tides. The far side has never been sat on.',
    picture: 'lots/moon.svg',
    startPrice: 40,
  },
  {
    title: 'A storm in a teacup',
    story: 'Handle with care: the weather is genuine, the saucer is not. Thunder included.',
    picture: 'lots/teacup.svg',
    startPrice: 20,
  },
  {
    title: 'Balloon for one',
    story: 'Goes up by itself. Whether it comes down is between the buyer and the wind.',
    picture: 'lots/balloon.svg',
    startPrice: 60,
  },
  {
    title: 'Mountain, foldable',
    story: 'Three peaks and a view, packed flat. Snow lasts till Thursday if kept cool.',
    picture: 'lots/mountain.svg',
    startPrice: 80,
  },
  {
    title: 'Lighthouse without a sea',
    story: 'Has warned nobody of nothing for ninety years, and without fail.',
    picture: 'lots/lighthouse.svg',
    startPrice: 50,
  },
  {
    title: 'A comet in a jar',
    story: 'Returns every seventy-six years; the jar keeps it in between. Do not shake.',
    picture: 'lots/comet.svg',
    startPrice: 100,
  },
];
