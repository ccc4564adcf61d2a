import { PackMap, type PackValue } from '../../wire/message-pack.ts';
import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';

const CLAIMS = 2;
const HEADERS = 3;
const QUERY = 4;
const EXTENSIONS = 5;

/** Changes one field of every OpenConnection. */
function changedOpening(
  field: number,
  change: (value: PackValue | undefined) => PackValue,
): NonNullable<Fault['toServer']> {
  return (message) => {
    if (message[0] !== ServiceType.OpenConnection) return [message];
    return [message.map((value, index) => (index === field ? change(value) : value)) as unknown as ServiceMessage];
  };
}

function lost(type: number): NonNullable<Fault['toServer']> {
  return (message) => (message[0] === type ? [] : [message]);
}

function withoutEntries(isUnwanted: (name: string) => boolean) {
  return (value: PackValue | undefined): PackValue =>
    value instanceof PackMap
      ? new PackMap(value.entries.filter(([key]) => !isUnwanted(String(key).toLowerCase())))
      : NO_EXTENSIONS;
}

export const CLIENT_LIFE_FAULTS: readonly Fault[] = [
  {
    name: 'OpenConnection has no extensions',
    turnsRed: ['client-life.open.names-the-protocol'],
    toServer: changedOpening(EXTENSIONS, () => NO_EXTENSIONS),
  },
  {
    name: 'OpenConnection has an unknown extension',
    turnsRed: ['client-life.open.only-known-extensions'],
    toServer: changedOpening(
      EXTENSIONS,
      () =>
        new PackMap([
          [3, 'json'],
          [9, 'x'],
        ]),
    ),
  },
  {
    name: 'data comes before OpenConnection',
    turnsRed: ['client-life.open.comes-before-data'],
    toServer: (message) =>
      message[0] === ServiceType.OpenConnection
        ? [[ServiceType.ConnectionData, message[1] ?? '', Uint8Array.of(1), NO_EXTENSIONS], message]
        : [message],
  },
  {
    name: 'OpenConnection has no claims',
    turnsRed: ['client-life.open.forwards-claims', 'client-life.open.maps-claim-names'],
    toServer: changedOpening(CLAIMS, () => NO_EXTENSIONS),
  },
  {
    name: 'the query has no question mark',
    turnsRed: ['client-life.open.query-begins-with-a-question-mark'],
    toServer: changedOpening(QUERY, (query) => String(query).replace('?', '')),
  },
  {
    name: 'headers of clients are left out',
    turnsRed: [
      'client-life.open.forwards-headers',
      'client-life.open.names-the-instance',
      'client-life.open.forwarded-for',
    ],
    toServer: changedOpening(
      HEADERS,
      withoutEntries((name) => name.startsWith('x-') || name.startsWith('asrs-')),
    ),
  },
  {
    name: 'what clients send is changed',
    turnsRed: ['client-life.data.bytes-go-up-unchanged'],
    fromClient: ({ data, isBinary }) => [
      { data: Buffer.from(data.toString().replace('ä', 'a').replace('\\u00e4', 'a')), isBinary },
    ],
  },
  {
    name: 'what clients get is tidied',
    turnsRed: ['client-life.data.bytes-go-down-unchanged'],
    toClient: ({ data, isBinary }) => [{ data: Buffer.from(data.toString().replaceAll(' ', '')), isBinary }],
  },
  {
    name: 'messages are cut in two',
    turnsRed: ['client-life.data.parts-come-whole'],
    toClient: ({ data, isBinary }) =>
      data.length < 10
        ? [{ data, isBinary }]
        : [data.subarray(0, 9), data.subarray(9)].map((part) => ({ data: part, isBinary })),
  },
  {
    name: 'every message says forged',
    turnsRed: ['client-life.data.of-another-server-is-ignored'],
    toClient: ({ data, isBinary }) => [{ data: Buffer.from(data.toString().replace('"own"', '"forged"')), isBinary }],
  },
  {
    name: 'app servers hear of no end',
    turnsRed: [
      'client-life.close.client-leaves',
      'client-life.close.client-is-cut-off',
      'client-life.close.by-another-server',
    ],
    toServer: lost(ServiceType.CloseConnection),
  },
  {
    name: 'Close messages are lost',
    turnsRed: [
      'client-life.close.app-server-ends-it',
      'client-life.close.app-servers-own-words-are-last',
      'client-life.close.server-connection-drops',
      'shutdown.off.clients-come-back',
    ],
    toClient: (message) => (message.data.toString().startsWith('{"type":7') ? [] : [message]),
  },
  {
    name: 'messages to clients are lost',
    turnsRed: ['client-life.close.other-connection-drops', 'shutdown.wait.clients-stay'],
    toClient: (message) => (message.data.toString().startsWith('{"type":1') ? [] : [message]),
  },
  {
    name: 'app servers hear of no client',
    turnsRed: [
      'client-life.assign.fewest-clients',
      'client-life.assign.never-to-weak',
      'client-life.assign.sticky-required',
      'client-life.assign.sticky-preferred-elsewhere',
      'shutdown.no-new-clients',
    ],
    toServer: lost(ServiceType.OpenConnection),
  },
];
