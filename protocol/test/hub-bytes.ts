import { type DecodedHubMessage, type HubProtocol, ProtocolError } from '../src/index.ts';

/** Bytes from hex digits; blanks are ignored. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function fromUtf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** All messages that `protocol` reads when `chunks` arrive one after the other. */
export function readAll(protocol: HubProtocol, chunks: Iterable<Uint8Array>): DecodedHubMessage[] {
  const reader = protocol.createReader();
  const messages: DecodedHubMessage[] = [];
  for (const chunk of chunks) {
    // What arrives belongs to somebody else, who overwrites it once the reader was asked.
    const lent = new Uint8Array(chunk);
    reader.push(lent);
    for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
    lent.fill(0xee);
  }
  return messages;
}

export function oneByOne(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

/** What `run` throws, which must be a `ProtocolError`. */
export function refusal(run: () => unknown): ProtocolError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}
