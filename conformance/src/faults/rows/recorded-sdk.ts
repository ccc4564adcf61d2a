import { RECORDED_SDK_CHECKS } from '../../checks/recorded-sdk.ts';
import type { Fault } from '../fault.ts';
import { allAcks } from '../service-rewrites.ts';

const ALL = RECORDED_SDK_CHECKS.map(({ id }) => id);

export const RECORDED_SDK_FAULTS: readonly Fault[] = [
  {
    name: 'clients are greeted with white space',
    turnsRed: ALL,
    toClient: ({ data, isBinary }) => {
      const isGreeting = data.toString().startsWith('{}');
      return [{ data: isGreeting ? Buffer.concat([Buffer.from(' '), data]) : data, isBinary }];
    },
  },
  { name: 'every Ack is a timeout', turnsRed: ALL.filter((id) => id.includes('.groups')), toServer: allAcks(3) },
];
