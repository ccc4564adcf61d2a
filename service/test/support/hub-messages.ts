import { type DecodedHubMessage, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import type { RawClient, ReceivedFrame } from './raw-client.ts';

/** Hub messages of one WebSocket message. Throws when it does not hold whole messages only. */
export function messagesIn({ data, isBinary }: ReceivedFrame): DecodedHubMessage[] {
  const reader = (isBinary ? messagePackHubProtocol : jsonHubProtocol).createReader();
  reader.push(data);
  const messages: DecodedHubMessage[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
  if (reader.pendingBytes > 0) throw new Error(`a WebSocket message ends inside a hub message: ${data.toString()}`);
  return messages;
}

/** Targets of the invocations that a client got before the one of `last`. */
export async function targetsBefore(client: RawClient, last: string): Promise<string[]> {
  const targets: string[] = [];
  for (;;) {
    for (const message of messagesIn(await client.frames.next())) {
      if (message.type !== 1) throw new Error(`expected an invocation, not ${JSON.stringify(message)}`);
      if (message.target === last) return targets;
      targets.push(message.target);
    }
  }
}
