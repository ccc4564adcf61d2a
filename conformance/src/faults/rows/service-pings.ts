import { ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { byType, withField } from '../service-rewrites.ts';

export const SERVICE_PING_FAULTS: readonly Fault[] = [
  {
    name: 'no keep-alives come, and nobody is asked for more',
    turnsRed: ['service-pings.keep-alive.comes', 'on-demand.full.asks-for-another'],
    toServer: byType({
      [ServiceType.Ping]: (message) => (message.length === 1 || message[1] === 'target' ? [] : [message]),
    }),
  },
  {
    name: 'every ping is answered',
    turnsRed: ['service-pings.counts.are-taken', 'service-pings.odd.are-ignored'],
    // An Ack comes behind each of them.
    toServer: byType({ [ServiceType.Ack]: (message) => [[ServiceType.Ping, 'echo', 'text'], message] }),
  },
  {
    name: 'answers to pings are empty',
    turnsRed: ['service-pings.status.has-its-keys', 'service-pings.servers.has-a-time'],
    toServer: byType({
      [ServiceType.Ping]: (message) => (message.length > 1 ? [[ServiceType.Ping, String(message[1]), '']] : [message]),
    }),
  },
  {
    name: 'silent app servers stay',
    turnsRed: ['service-pings.silent.is-dropped'],
    hidesEnd: (kind) => kind === 'server',
  },
  {
    name: 'nobody resumes where clients go on',
    turnsRed: ['flow-control.move.without-loss'],
    toServer: byType({ [ServiceType.FlowControl]: (message) => (message[3] === 3 ? [] : [message]) }),
  },
  {
    name: 'older app servers are asked to pause',
    turnsRed: ['flow-control.old.is-not-asked'],
    toServer: byType({
      [ServiceType.OpenConnection]: (message) => [[ServiceType.FlowControl, String(message[1]), 1, 1], message],
    }),
  },
  {
    name: 'refusals of handshakes have no reason',
    turnsRed: ['on-demand.unwanted.is-refused'],
    toServer: byType({ [ServiceType.HandshakeResponse]: (message) => [withField(message, 1, null)] }),
  },
];
