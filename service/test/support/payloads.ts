import { type HubMessage, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import type { Payload } from '@signalite/protocol/service';

/** One hub message for JSON and MessagePack clients, as SDKs write it into a send. */
export function payloadsOf(message: HubMessage): Payload[] {
  return [jsonHubProtocol, messagePackHubProtocol].map((protocol) => ({
    protocol: protocol.name,
    data: protocol.encode(message),
  }));
}

/** An invocation of `target` on clients. */
export function call(target: string, ...args: readonly unknown[]): Payload[] {
  return payloadsOf({ type: 1, target, arguments: [...args] });
}

/** The same for a JSON client alone, as text. */
export function callText(target: string, ...args: readonly unknown[]): string {
  return Buffer.from(jsonHubProtocol.encode({ type: 1, target, arguments: [...args] })).toString();
}
