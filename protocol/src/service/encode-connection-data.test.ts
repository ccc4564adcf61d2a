import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MessagePackWriter } from '../msgpack/writer.ts';
import { encodeServiceMessage } from './encode.ts';
import { appendConnectionData, packConnectionId } from './encode-connection-data.ts';

const connectionIds = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer({ min: 0, max: 300 }).map((n) => 'é'.repeat(n)),
);
const sizes = fc.oneof(
  fc.nat(300),
  fc.constantFrom(0, 110, 120, 127, 128, 255, 256, 16_383, 16_384, 65_535, 65_536, 100_000),
);

test('is the message that the general encoder writes', () => {
  fc.assert(
    fc.property(connectionIds, sizes, fc.integer({ min: 0, max: 127 }), (connectionId, size, dataType) => {
      const payload = new Uint8Array(size).fill(size);
      const writer = new MessagePackWriter({ initialBytes: 1 });
      writer.nil();
      appendConnectionData(writer, packConnectionId(connectionId), payload, dataType);
      const expected = encodeServiceMessage({ type: 6, connectionId, payload, dataType });
      expect(writer.position).toBe(1 + expected.length);
      expect(Buffer.compare(writer.take(1), expected)).toBe(0);
    }),
  );
});

test('has no extensions unless told what the payload is', () => {
  const writer = new MessagePackWriter();
  appendConnectionData(writer, packConnectionId('conn1'), Uint8Array.of(0x7b, 0x7d, 0x1e));
  expect(Buffer.from(writer.take()).toString('hex')).toBe('0e9406a5636f6e6e31c4037b7d1e80');
});

test('a packed connection id is its MessagePack text, of memory of its own size', () => {
  const packed = packConnectionId('conn1');
  expect(packed).toEqual(Uint8Array.of(0xa5, 0x63, 0x6f, 0x6e, 0x6e, 0x31));
  expect(packed.buffer.byteLength).toBe(6);
});
