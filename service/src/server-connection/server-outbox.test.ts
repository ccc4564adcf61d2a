import { Duplex } from 'node:stream';
import { packConnectionId, type ServiceMessage, ServiceMessageReader } from '@signalite/protocol/service';
import { expect, test } from 'vitest';
import { EndOfTurn } from '../outbound/end-of-turn.ts';
import { ServerOutbox } from './server-outbox.ts';

const HIGH_WATER_MARK = 1000;

/** A socket whose peer reads only when a test says so. */
class SlowSocket extends Duplex {
  readonly written: Buffer[] = [];
  #done: (() => void) | undefined;

  constructor() {
    super({ writableHighWaterMark: HIGH_WATER_MARK });
  }

  override _read(): void {
    // Nothing comes from the peer.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written.push(chunk);
    this.#done = done;
  }

  /** The peer takes everything. */
  async drain(): Promise<void> {
    while (this.#done !== undefined) {
      const done = this.#done;
      this.#done = undefined;
      done();
      await nextTurn();
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function outbox(maxBytes = 10_000) {
  const socket = new SlowSocket();
  const told: string[] = [];
  const owner = {
    outboxFilled: (bytes: number) => told.push(`filled at ${bytes}`),
    outboxDrained: () => told.push('drained'),
  };
  const one = new ServerOutbox(socket, owner, { endOfTurn: new EndOfTurn(), maxBytes });
  return { socket, told, one };
}

function ping(text: string): ServiceMessage {
  return { type: 3, values: ['echo', text] };
}

/** Reads frames of at most 64 KiB as a WebSocket peer would, and the service messages in each. */
function messagesOf(frames: readonly Buffer[]): unknown[][] {
  return frames.map((frame) => {
    expect(frame[0]).toBe(0x82);
    const isShort = (frame[1] ?? 0) < 126;
    const length = isShort ? frame[1] : frame.readUInt16BE(2);
    const payload = frame.subarray(isShort ? 2 : 4);
    expect(payload).toHaveLength(length ?? 0);
    const reader = new ServiceMessageReader({ maxMessageBytes: 100_000 });
    reader.push(payload);
    const messages: unknown[] = [];
    for (let message = reader.next(); message !== undefined; message = reader.next()) messages.push(message);
    expect(reader.pendingBytes).toBe(0);
    return messages;
  });
}

test('the messages of a turn share one frame, in order', async () => {
  const { one, socket } = outbox();
  one.append(ping('a'));
  one.appendData(packConnectionId('conn'), Buffer.from('data'));
  one.append(ping('b'));
  expect(socket.written).toEqual([]);
  await nextTurn();
  expect(messagesOf(socket.written)).toEqual([
    [ping('a'), { type: 6, connectionId: 'conn', payload: new Uint8Array(Buffer.from('data')) }, ping('b')],
  ]);
});

test('each turn has its own frame, and an idle turn has none', async () => {
  const { one, socket } = outbox();
  one.append(ping('a'));
  await nextTurn();
  await socket.drain();
  await nextTurn();
  one.append(ping('b'));
  await nextTurn();
  expect(messagesOf(socket.written)).toEqual([[ping('a')], [ping('b')]]);
});

test('what a socket holds back does not change with what is written later', async () => {
  const { one, socket } = outbox();
  const sent = Array.from({ length: 20 }, (_, index) => ping(`${index}`.repeat(20)));
  for (const message of sent) {
    one.append(message);
    await nextTurn();
  }
  expect(socket.writableLength).toBeGreaterThan(0);
  await socket.drain();
  expect(messagesOf(socket.written).flat()).toEqual(sent);
});

test('data is copied before the call returns', async () => {
  const { one, socket } = outbox();
  const lent = Buffer.from('before');
  one.appendData(packConnectionId('conn'), lent);
  lent.write('after!');
  await nextTurn();
  expect(socket.written[0]?.includes('before')).toBe(true);
});

test('the owner is told once that the bound is passed, and once that there is room', async () => {
  const { one, socket, told } = outbox(5000);
  for (let index = 0; index < 4; index++) one.append(ping('x'.repeat(2000)));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^filled at 60\d\d$/);
  expect(one.isFull).toBe(true);
  await nextTurn();
  expect(told).toHaveLength(1);
  await socket.drain();
  expect(told).toEqual([told[0], 'drained']);
  expect(one.isFull).toBe(false);
  expect(messagesOf(socket.written).flat()).toHaveLength(4);
});

test('it can fill again', async () => {
  const { one, socket, told } = outbox(5000);
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 3; index++) one.append(ping('x'.repeat(2000)));
    await nextTurn();
    await socket.drain();
  }
  expect(told.map((one) => one.split(' ')[0])).toEqual(['filled', 'drained', 'filled', 'drained']);
});

test('nothing is lost over the bound', async () => {
  const { one, socket } = outbox(100);
  for (let index = 0; index < 500; index++) one.append(ping(`${index}`));
  await nextTurn();
  await socket.drain();
  expect(messagesOf(socket.written).flat()).toEqual(Array.from({ length: 500 }, (_, index) => ping(`${index}`)));
});

test('a bound below what the socket takes at once fills nothing for ever', async () => {
  const { one, socket, told } = outbox(10);
  one.append(ping('0123456789'));
  await nextTurn();
  await socket.drain();
  expect(told.filter((text) => text.startsWith('filled'))).toHaveLength(
    told.filter((text) => text === 'drained').length,
  );
  expect(one.isFull).toBe(false);
});

test('closing writes what waits, at once, and takes nothing more', async () => {
  const { one, socket } = outbox();
  one.append(ping('last'));
  one.close();
  expect(messagesOf(socket.written)).toEqual([[ping('last')]]);
  one.append(ping('late'));
  one.appendData(packConnectionId('conn'), Buffer.from('late'));
  await nextTurn();
  await socket.drain();
  expect(socket.written).toHaveLength(1);
});

test('a socket that is gone is not written to', async () => {
  const { one, socket } = outbox();
  one.append(ping('a'));
  socket.destroy();
  await nextTurn();
  one.append(ping('b'));
  await nextTurn();
  expect(socket.written).toEqual([]);
});
