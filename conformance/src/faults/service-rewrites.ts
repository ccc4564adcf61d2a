import { encodePack, PackMap, type PackValue } from '../wire/message-pack.ts';
import { NO_EXTENSIONS, type ServiceMessage, ServiceType } from '../wire/service-message.ts';
import type { Fault } from './fault.ts';

/** Rewrites service messages, one way or the other. */
export type ServiceRewrite = NonNullable<Fault['fromServer']>;

/** What a message of one type becomes. */
type Change = (message: ServiceMessage) => readonly ServiceMessage[];

/** Where fan-outs have their payloads (service-protocol 4.7). */
const PAYLOADS_AT: Readonly<Record<number, number>> = {
  [ServiceType.MultiConnectionData]: 2,
  [ServiceType.UserData]: 2,
  [ServiceType.MultiUserData]: 2,
  [ServiceType.BroadcastData]: 2,
  [ServiceType.GroupBroadcastData]: 3,
  [ServiceType.MultiGroupBroadcastData]: 2,
};

/** Rewrites messages by type; others pass. */
export function byType(changes: Readonly<Record<number, Change>>): ServiceRewrite {
  return (message) => changes[message[0]]?.(message) ?? [message];
}

/** Messages of these types are lost. */
export function lost(...types: readonly number[]): ServiceRewrite {
  return (message) => (types.includes(message[0]) ? [] : [message]);
}

/** A message with another value in one place. */
export function withField(message: ServiceMessage, at: number, value: PackValue): ServiceMessage {
  const [type, ...fields] = message;
  return [type, ...fields.map((field, index) => (index + 1 === at ? value : field))];
}

/** Fan-outs of these types become something else; what the suite sends as a fence passes. */
export function fanOuts(types: readonly number[], change: Change): ServiceRewrite {
  return (message) => {
    const isMeant = types.includes(message[0]) && !payloadText(message).includes('fence-');
    return isMeant ? change(message) : [message];
  };
}

/** Everything in the payloads of a fan-out, one byte a character. */
export function payloadText(message: ServiceMessage): string {
  const ready = payloadsIn(message);
  return ready === undefined ? '' : Buffer.from(encodePack(ready)).toString('latin1');
}

/** The payloads of a fan-out. */
export function payloadsIn(message: ServiceMessage): PackMap | undefined {
  const ready = message[PAYLOADS_AT[message[0]] ?? -1];
  return ready instanceof PackMap ? ready : undefined;
}

/** A fan-out with other payloads. */
export function withPayloads(message: ServiceMessage, ready: PackMap): ServiceMessage {
  return withField(message, PAYLOADS_AT[message[0]] ?? -1, ready);
}

/** What is asked with an Ack is not done, and the Ack is Ok. `ackAt`: where the message has its ack id. */
export function ackedForNothing(ackAt: number): Change {
  return (message) => [[ServiceType.UserLeaveGroupWithAck, 'nobody', 'nothing', message[ackAt] ?? 0, NO_EXTENSIONS]];
}

/** Every Ack has this status. */
export function allAcks(status: number): ServiceRewrite {
  return byType({ [ServiceType.Ack]: (message) => [withField(message, 2, status)] });
}
