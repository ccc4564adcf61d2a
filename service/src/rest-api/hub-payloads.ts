// Hub messages for clients of each hub protocol (rest-api 5). Each is encoded when the first client that speaks the
// protocol is found, and then once for all of them.

import { type CompletionMessage, jsonHubProtocol, writeBinaryFrame, writeTextFrame } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { MessagePackWriter, type Payload } from '@signalite/protocol/service';
import type { CarriedValue } from './carried-value.ts';

/** A call of a method on clients. */
export interface MethodCall {
  readonly target: string;
  /** A list. */
  readonly arguments: CarriedValue;
}

/** `invocationId`: the client is asked for a result. */
export function callPayloads(call: MethodCall, invocationId?: string): Payload[] {
  return [
    lazyPayload('json', () => {
      const id = invocationId === undefined ? '' : `"invocationId":${JSON.stringify(invocationId)},`;
      const target = JSON.stringify(call.target);
      return writeTextFrame(`{"type":1,${id}"target":${target},"arguments":${call.arguments.json()}}`);
    }),
    lazyPayload('messagepack', () =>
      framed((writer) => {
        writer.arrayHeader(6);
        writer.int(1);
        writer.mapHeader(0);
        writer.nullableString(invocationId);
        writer.string(call.target);
        writer.raw(call.arguments.messagePack());
        writer.arrayHeader(0);
      }),
    ),
  ];
}

export function streamItemPayloads(streamId: string, item: CarriedValue): Payload[] {
  return [
    lazyPayload('json', () =>
      writeTextFrame(`{"type":2,"invocationId":${JSON.stringify(streamId)},"item":${item.json()}}`),
    ),
    lazyPayload('messagepack', () =>
      framed((writer) => {
        writer.arrayHeader(4);
        writer.int(2);
        writer.mapHeader(0);
        writer.string(streamId);
        writer.raw(item.messagePack());
      }),
    ),
  ];
}

/** The end of a stream. */
export function completionPayloads(streamId: string, error?: string): Payload[] {
  const message: CompletionMessage = { type: 3, invocationId: streamId, ...(error === undefined ? {} : { error }) };
  return [jsonHubProtocol, messagePackHubProtocol].map((protocol) =>
    lazyPayload(protocol.name, () => protocol.encode(message)),
  );
}

function framed(write: (writer: MessagePackWriter) => void): Uint8Array {
  const writer = new MessagePackWriter();
  write(writer);
  return writeBinaryFrame(writer.bytes());
}

function lazyPayload(protocol: string, encode: () => Uint8Array): Payload {
  let data: Uint8Array | undefined;
  return {
    protocol,
    get data(): Uint8Array {
      data ??= encode();
      return data;
    },
  };
}
