// service-protocol 8.1: one payload for each hub protocol.
import type { Payload } from '@signalite/protocol/service';
import { expect, test } from 'vitest';
import { FakeMember } from '../../test/support/fake-member.ts';
import { FrameOpcode } from '../outbound/web-socket-frame.ts';
import { FanOut, findPayload } from './fan-out.ts';

const JSON_TEXT = '{"type":6}\x1e';
const PAYLOADS = [
  { protocol: 'json', data: Buffer.from(JSON_TEXT) },
  { protocol: 'MessagePack', data: Buffer.from([2, 0x91, 6]) },
];

function fanOut(payloads: readonly Payload[] = PAYLOADS): { one: FanOut; missing: string[] } {
  const missing: string[] = [];
  return { one: new FanOut(payloads, (protocol) => missing.push(protocol)), missing };
}

test('each member gets the payload of its protocol, as text or binary', () => {
  const { one, missing } = fanOut();
  const json = new FakeMember('json');
  const binary = new FakeMember('binary', { hubProtocol: 'messagepack' });
  for (const member of [json, binary]) one.deliverTo(member);
  expect(json.texts).toEqual([JSON_TEXT]);
  expect(json.delivered[0]?.frame[0]).toBe(0x80 | FrameOpcode.Text);
  expect(binary.delivered[0]?.frame).toEqual(Buffer.from([0x82, 3, 2, 0x91, 6]));
  expect(missing).toEqual([]);
});

test('members of one protocol share one record, in whatever order they come', () => {
  const { one } = fanOut();
  const protocols = ['json', 'messagepack', 'json', 'json', 'messagepack'];
  const members = protocols.map((hubProtocol, index) => new FakeMember(`${index}`, { hubProtocol }));
  for (const member of members) one.deliverTo(member);
  const [a, b, c, d, e] = members.map((member) => member.delivered[0]);
  expect(new Set([a, c, d]).size).toBe(1);
  expect(b).toBe(e);
  expect(a).not.toBe(b);
});

test('a member without a payload is left out, and that is told once for its protocol', () => {
  const { one, missing } = fanOut();
  const strange = ['a', 'b'].map((id) => new FakeMember(id, { hubProtocol: 'blazorpack' }));
  const json = new FakeMember('json');
  for (const member of [...strange, json, ...strange]) one.deliverTo(member);
  expect(strange.map((member) => member.delivered.length)).toEqual([0, 0]);
  expect(json.texts).toEqual([JSON_TEXT]);
  expect(missing).toEqual(['blazorpack']);
});

test('an empty payload is no payload: an empty frame would break the client', () => {
  const { one, missing } = fanOut([{ protocol: 'json', data: Buffer.alloc(0) }]);
  const json = new FakeMember('json');
  one.deliverTo(json);
  expect(json.delivered).toEqual([]);
  expect(missing).toEqual(['json']);
});

test('a record does not change with the memory that its payload was read from', () => {
  const data = Buffer.from(JSON_TEXT);
  const { one } = fanOut([{ protocol: 'json', data }]);
  const member = new FakeMember('json');
  one.deliverTo(member);
  data.fill(0);
  expect(member.texts).toEqual([JSON_TEXT]);
});

test('members that the filter does not select get nothing, and nothing is told of their protocol', () => {
  const missing: string[] = [];
  const one = new FanOut(
    PAYLOADS,
    (protocol) => missing.push(protocol),
    ({ userId }) => userId === 'ann',
  );
  const [ann, bob] = [new FakeMember('a', { userId: 'ann' }), new FakeMember('b', { hubProtocol: 'other' })];
  for (const member of [ann, bob]) one.deliverTo(member);
  expect([ann.delivered.length, bob.delivered.length]).toEqual([1, 0]);
  expect(missing).toEqual([]);
});

test('the data of a protocol that no member speaks is not read', () => {
  const unread = {
    protocol: 'messagepack',
    get data(): Buffer {
      throw new Error('read');
    },
  };
  const { one } = fanOut([unread, ...PAYLOADS]);
  const json = new FakeMember('json');
  one.deliverTo(json);
  expect(json.texts).toEqual([JSON_TEXT]);
});

test('protocol names compare without case', () => {
  expect(findPayload(PAYLOADS, 'messagepack')?.data).toHaveLength(3);
  expect(findPayload(PAYLOADS, 'json2')).toBeUndefined();
});
