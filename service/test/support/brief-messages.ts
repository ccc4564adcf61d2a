import type { DecodedHubMessage, HubMessage } from '@signalite/protocol';

/** A call that wants no answer. */
export function send(...args: readonly unknown[]): HubMessage {
  return { type: 1, target: 'm', arguments: [...args] };
}

/** First arguments of calls, and the types of what else there is. */
export function brief(messages: readonly DecodedHubMessage[]): unknown[] {
  return messages.map((message) => (message.type === 1 ? message.arguments[0] : `type ${message.type}`));
}
