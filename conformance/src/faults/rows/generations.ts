import { GENERATION_CHECKS } from '../../checks/generations.ts';
import { PackMap } from '../../wire/message-pack.ts';
import { ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { allAcks, byType, fanOuts, withField } from '../service-rewrites.ts';

const beginning = (start: string) => GENERATION_CHECKS.map(({ id }) => id).filter((id) => id.startsWith(start));
const ALL_SENDS = [
  ...[ServiceType.MultiConnectionData, ServiceType.UserData, ServiceType.MultiUserData, ServiceType.BroadcastData],
  ...[ServiceType.GroupBroadcastData, ServiceType.MultiGroupBroadcastData],
];

export const GENERATION_FAULTS: readonly Fault[] = [
  {
    name: 'app servers of every age are refused',
    turnsRed: beginning('generations.handshake.'),
    toServer: byType({
      [ServiceType.HandshakeResponse]: () => [[ServiceType.HandshakeResponse, 'too old', new PackMap([]), null]],
    }),
  },
  {
    name: 'sends of every form are lost',
    turnsRed: [
      ...beginning('generations.send.'),
      ...beginning('generations.extensions.'),
      ...beginning('generations.framing.'),
    ],
    fromServer: fanOuts(ALL_SENDS, () => []),
  },
  {
    name: 'nothing is there',
    turnsRed: [...beginning('generations.acked.'), ...beginning('generations.integer.')],
    toServer: allAcks(2),
  },
  {
    name: 'an Ack has six elements, and no protocol is named',
    turnsRed: [...beginning('generations.ack.'), 'generations.open.new-server-gets-the-protocol'],
    toServer: byType({
      [ServiceType.Ack]: (message) => [[...message, null]],
      [ServiceType.OpenConnection]: (message) => [withField(message, 5, new PackMap([]))],
    }),
  },
];
