import { type HubMessage, type HubMessageReader, type HubProtocol, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { DataMessageType, type Payload } from '@signalite/protocol/service';
import type { HubProtocolName } from '../options.ts';

const PROTOCOLS: { readonly [N in HubProtocolName]: HubProtocol } = {
  json: jsonHubProtocol,
  messagepack: messagePackHubProtocol,
};

/** What a hub message is, for the service's eyes (service-protocol 4.4). */
export function dataTypeOf(message: HubMessage): DataMessageType {
  if (message.type <= 5) return DataMessageType.Invocation;
  return message.type === 7 ? DataMessageType.Close : DataMessageType.Other;
}

/** One hub protocol as one hub uses it: its readers are lent to clients and come back when nothing is left in them. */
export class ClientProtocol {
  readonly protocol: HubProtocol;
  /** Ready bytes of the message that is sent most. */
  readonly ping: Uint8Array;
  readonly #maxMessageBytes: number;
  #spare: HubMessageReader | undefined;

  constructor(protocol: HubProtocol, maxMessageBytes: number) {
    this.protocol = protocol;
    this.ping = protocol.encode({ type: 6 });
    this.#maxMessageBytes = maxMessageBytes;
  }

  get name(): string {
    return this.protocol.name;
  }

  borrowReader(): HubMessageReader {
    const reader = this.#spare ?? this.protocol.createReader({ maxMessageBytes: this.#maxMessageBytes });
    this.#spare = undefined;
    return reader;
  }

  /** Only an empty reader that refused nothing may come back. */
  returnReader(reader: HubMessageReader): void {
    this.#spare = reader;
  }
}

/** The hub protocols of one hub. */
export class HubProtocols {
  readonly #all: readonly ClientProtocol[];

  constructor(names: readonly HubProtocolName[], maxMessageBytes: number | null) {
    const max = maxMessageBytes ?? Number.POSITIVE_INFINITY;
    this.#all = names.map((name) => new ClientProtocol(PROTOCOLS[name], max));
  }

  /** By the name in a handshake, whose case does not count. */
  find(name: string): ClientProtocol | undefined {
    const wanted = name.toLowerCase();
    return this.#all.find((one) => one.name === wanted);
  }

  /** A message for clients of any protocol, written once for each (service-protocol 8.1). */
  encodeForAll(message: HubMessage): Payload[] {
    return this.#all.map(({ protocol }) => ({ protocol: protocol.name, data: protocol.encode(message) }));
  }
}
