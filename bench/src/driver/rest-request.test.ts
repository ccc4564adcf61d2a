import { expect, test } from 'vitest';
import { stamped } from './hub-messages.ts';
import { restBroadcastRequest } from './rest-request.ts';

const URL_OF_SEND = new URL('http://127.0.0.1:81/api/hubs/bench/:send?api-version=2022-06-01');
const TEXT = `~000001234567~${'x'.repeat(18)}`;

function request(body: 'json' | 'octet-stream') {
  const template = restBroadcastRequest({ url: URL_OF_SEND, token: 't', body, payloadBytes: TEXT.length });
  const bytes = stamped(template, 1234.567);
  const bodyAt = bytes.indexOf('\r\n\r\n') + 4;
  return { head: bytes.toString('latin1', 0, bodyAt).split('\r\n'), body: bytes.subarray(bodyAt) };
}

test('a call has a head of its own, and a stamp in its JSON', () => {
  const { head, body } = request('json');
  expect(head).toEqual([
    'POST /api/hubs/bench/:send?api-version=2022-06-01 HTTP/1.1',
    'Host: 127.0.0.1:81',
    'Authorization: Bearer t',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    '',
  ]);
  expect(JSON.parse(body.toString())).toEqual({ target: 'recv', arguments: [TEXT] });
});

test('ready messages are a MessagePack map from hub protocol to bytes; the one for JSON is stamped', () => {
  const { head, body } = request('octet-stream');
  expect(head).toContain('Content-Type: application/octet-stream');
  const json = `{"type":1,"target":"recv","arguments":["${TEXT}"]}\x1e`;
  const start = Buffer.concat([Buffer.from([0x82, 0xa4]), Buffer.from('json'), Buffer.from([0xc5, 0, json.length])]);
  const next = Buffer.concat([Buffer.from([0xab]), Buffer.from('messagepack'), Buffer.from([0xc5])]);
  expect(body.subarray(0, start.length)).toEqual(start);
  expect(body.toString('latin1', start.length, start.length + json.length)).toBe(json);
  const nextAt = start.length + json.length;
  expect(body.subarray(nextAt, nextAt + next.length)).toEqual(next);
  const messageAt = nextAt + next.length + 2;
  expect(body.readUInt16BE(messageAt - 2)).toBe(body.length - messageAt);
  expect(body[messageAt]).toBe(body.length - messageAt - 1);
});
