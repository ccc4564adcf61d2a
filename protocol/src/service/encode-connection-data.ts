// The message that is written more often than all others together: what one client said, on its way to its app server
// or back (service-protocol 4.6).
import { MessagePackWriter } from '../msgpack/writer.ts';
import { ExtensionKey } from './extensions.ts';
import { DataMessageType, ServiceMessageType } from './message-type.ts';

/** A connection id as it stands in messages. Keep it with the client instead of encoding it each time. */
export function packConnectionId(connectionId: string): Uint8Array {
  const writer = new MessagePackWriter({ initialBytes: 8 + connectionId.length });
  writer.string(connectionId);
  return writer.take();
}

/**
 * Appends a ConnectionData message with its length prefix.
 *
 * `packedConnectionId` comes from `packConnectionId`. `dataType` is a `DataMessageType`; leave it out towards older
 * SDKs (service-protocol 4.3).
 */
export function appendConnectionData(
  writer: MessagePackWriter,
  packedConnectionId: Uint8Array,
  payload: Uint8Array,
  dataType: number = DataMessageType.Unknown,
): void {
  const extensionBytes = dataType === DataMessageType.Unknown ? 1 : 3;
  const bodyBytes = 2 + packedConnectionId.length + binBytes(payload.length) + extensionBytes;
  writer.lengthPrefix(bodyBytes);
  writer.arrayHeader(4);
  writer.int(ServiceMessageType.ConnectionData);
  writer.raw(packedConnectionId);
  writer.bin(payload);
  if (dataType === DataMessageType.Unknown) {
    writer.mapHeader(0);
  } else {
    writer.mapHeader(1);
    writer.int(ExtensionKey.DataType);
    writer.int(dataType);
  }
}

/** Bytes of a binary value with its header. */
function binBytes(byteLength: number): number {
  if (byteLength <= 0xff) {
    return 2 + byteLength;
  }
  return (byteLength <= 0xffff ? 3 : 5) + byteLength;
}
