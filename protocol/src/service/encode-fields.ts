// The composite fields of service protocol messages (service-protocol 4.2).
import type { MessagePackWriter } from '../msgpack/writer.ts';
import type { Claim, Header, Payload } from './messages.ts';

export function writeStrings(writer: MessagePackWriter, strings: readonly string[]): void {
  writer.arrayHeader(strings.length);
  for (const text of strings) {
    writer.string(text);
  }
}

export function writePayloads(writer: MessagePackWriter, payloads: readonly Payload[]): void {
  writer.mapHeader(payloads.length);
  for (const payload of payloads) {
    writer.string(payload.protocol);
    writer.bin(payload.data);
  }
}

export function writeClaims(writer: MessagePackWriter, claims: readonly Claim[]): void {
  writer.mapHeader(claims.length);
  for (const claim of claims) {
    writer.string(claim.type);
    writer.string(claim.value);
  }
}

export function writeHeaders(writer: MessagePackWriter, headers: readonly Header[]): void {
  writer.mapHeader(headers.length);
  for (const header of headers) {
    writer.string(header.name);
    writeStrings(writer, header.values);
  }
}

/** An extension map for readers that would lose the message over any key in it (service-protocol 4.3). */
export function writeNoExtensions(writer: MessagePackWriter): void {
  writer.mapHeader(0);
}
