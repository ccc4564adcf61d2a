// The composite fields of service protocol messages (service-protocol 4.2). Nil counts as empty for lists and maps.
import type { MessagePackReader } from '../msgpack/reader.ts';
import type { Claim, Header, Payload } from './messages.ts';

/** A message while it is put together. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

export function readStrings(reader: MessagePackReader): readonly string[] {
  if (reader.tryNil()) {
    return [];
  }
  const length = reader.arrayHeader();
  const strings: string[] = [];
  for (let index = 0; index < length; index++) {
    strings.push(reader.string());
  }
  return strings;
}

export function readPayloads(reader: MessagePackReader): readonly Payload[] {
  const pairs = readMapHeader(reader);
  const payloads: Payload[] = [];
  for (let index = 0; index < pairs; index++) {
    payloads.push({ protocol: reader.string(), data: reader.bin() });
  }
  return payloads;
}

export function readClaims(reader: MessagePackReader): readonly Claim[] {
  const pairs = readMapHeader(reader);
  const claims: Claim[] = [];
  for (let index = 0; index < pairs; index++) {
    claims.push({ type: reader.string(), value: readText(reader) });
  }
  return claims;
}

export function readHeaders(reader: MessagePackReader): readonly Header[] {
  const pairs = readMapHeader(reader);
  const headers: Header[] = [];
  for (let index = 0; index < pairs; index++) {
    headers.push({ name: reader.string(), values: readHeaderValues(reader) });
  }
  return headers;
}

/** Text where nil means empty. */
export function readText(reader: MessagePackReader): string {
  return reader.nullableString() ?? '';
}

/** Values may be nil on the wire, names may not (service-protocol 4.2). */
function readHeaderValues(reader: MessagePackReader): readonly string[] {
  if (reader.tryNil()) {
    return [];
  }
  const length = reader.arrayHeader();
  const values: string[] = [];
  for (let index = 0; index < length; index++) {
    values.push(readText(reader));
  }
  return values;
}

function readMapHeader(reader: MessagePackReader): number {
  return reader.tryNil() ? 0 : reader.mapHeader();
}
