import { RECORDED_SDK_CHECKS } from '../../checks/recorded-sdk.ts';
import { PackMap } from '../../wire/message-pack.ts';
import { ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { allAcks, byType, withField } from '../service-rewrites.ts';

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
  {
    name: 'transports of recorded clients are others',
    turnsRed: ALL,
    answer: (answer) => {
      const text = answer.text.replace(/"availableTransports":\[.*\]/, '"availableTransports":[]');
      return { ...answer, text, body: Buffer.from(text) };
    },
  },
  {
    name: 'completions of recorded clients are empty',
    turnsRed: ALL.filter((id) => id.endsWith('client-results-two-apps')),
    toServer: byType({ [ServiceType.ClientCompletion]: (message) => [withField(message, 5, new Uint8Array())] }),
  },
  {
    name: 'nobody is told of a migration',
    turnsRed: ALL.filter((id) => id.endsWith('shutdown-migrate')),
    toServer: byType({
      [ServiceType.OpenConnection]: (message) => [withField(message, 3, new PackMap([]))],
      [ServiceType.CloseConnection]: (message) => [withField(message, 3, new PackMap([]))],
    }),
  },
  { name: 'every Ack is a timeout', turnsRed: ALL.filter((id) => id.includes('.groups')), toServer: allAcks(3) },
];
