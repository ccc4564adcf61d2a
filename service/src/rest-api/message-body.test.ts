// rest-api 5.

import { encode } from '@msgpack/msgpack';
import { jsonHubProtocol, writeBinaryFrame } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { MessagePackWriter, type Payload } from '@signalite/protocol/service';
import { describe, expect, test } from 'vitest';
import { readCallBody, readItemBody, readJsonCallBody } from './message-body.ts';
import { RestProblem } from './rest-problem.ts';

const JSON_TYPE = 'application/json';
const MESSAGE_PACK = 'application/x-msgpack';
const FRAMED = 'application/octet-stream';

function body(mediaType: string, content: string | Uint8Array) {
  return { mediaType, bytes: Buffer.from(content) };
}

function textOf(payloads: readonly Payload[]): string {
  return Buffer.from(payloads.find(({ protocol }) => protocol === 'json')?.data ?? []).toString();
}

function hexOf(payloads: readonly Payload[]): string {
  return Buffer.from(payloads.find(({ protocol }) => protocol === 'messagepack')?.data ?? []).toString('hex');
}

/** A map from hub protocol to framed message. */
function framed(messages: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const writer = new MessagePackWriter();
  writer.mapHeader(Object.keys(messages).length);
  for (const [protocol, message] of Object.entries(messages)) {
    writer.string(protocol);
    writer.bin(message);
  }
  return writer.take();
}

function problemOf(read: () => unknown) {
  try {
    read();
  } catch (error) {
    if (error instanceof RestProblem) return error.details;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('JSON', () => {
  test('goes on as it was written, and as MessagePack', () => {
    const payloads = readCallBody(body(JSON_TYPE, '{"Target":"m","Arguments":[12345678901234567890, {"a":1.0}]}'))();
    expect(textOf(payloads)).toBe('{"type":1,"target":"m","arguments":[12345678901234567890, {"a":1.0}]}\x1e');
    expect(hexOf(payloads)).toBe('1d960180c0a16d92cfab54a98ceb1f0ad281a161cb3ff000000000000090');
  });

  test('is encoded once for each protocol', () => {
    for (const payload of readCallBody(body(JSON_TYPE, '{"target":"m"}'))()) expect(payload.data).toBe(payload.data);
  });

  test('with an invocation id', () => {
    const payloads = readCallBody(body(JSON_TYPE, '{"target":"m\\"","arguments":null}'))('i"1');
    expect(textOf(payloads)).toBe('{"type":1,"invocationId":"i\\"1","target":"m\\"","arguments":[]}\x1e');
    expect(hexOf(payloads)).toBe('0c960180a3692231a26d229090');
  });

  test.each([
    ['{"target":"m"}'],
    ['{"TARGET":"m","arguments":null,"rawOnly":true,"rawBytes":{"json":"AA=="}}'],
    ['{"target":"x","target":"m"}'],
    ['\ufeff{"target":"m"}'],
  ])('%s is a call without arguments', (text) => {
    expect(textOf(readCallBody(body(JSON_TYPE, text))())).toBe('{"type":1,"target":"m","arguments":[]}\x1e');
  });

  test.each([
    ['{"target":""}', 'The "target" must not be empty.'],
    ['{"arguments":[]}', 'The "target" must be the name of a method.'],
    ['{"target":null}', 'The "target" must be the name of a method.'],
    ['{"target":"m","arguments":{}}', 'The "arguments" must be a list.'],
    ['{"Arguments":5,"target":"m","arguments":[1],"Arguments":5}', 'The "arguments" must be a list.'],
    ['[]', 'The message must be an object with a "target" and "arguments".'],
    ['null', 'The message must be an object with a "target" and "arguments".'],
    ['{"target":"m"', 'The body is not JSON in UTF-8, or it is nested too deep.'],
  ])('%s is refused', (text, message) => {
    const details = problemOf(() => readCallBody(body(JSON_TYPE, text)));
    expect(details).toEqual({ status: 400, code: 'Error.Request.Invalid', target: 'message', message });
  });
});

describe('MessagePack', () => {
  test.each([
    ['a map', encode({ Target: 'm', Arguments: [2 ** 40, 'x'], more: {} })],
    ['an array', encode(['m', [2 ** 40, 'x']])],
  ])('%s goes on as it came, and as JSON', (_kind, bytes) => {
    const payloads = readCallBody(body(MESSAGE_PACK, bytes))();
    expect(textOf(payloads)).toBe('{"type":1,"target":"m","arguments":[1099511627776,"x"]}\x1e');
    expect(hexOf(payloads)).toBe('13960180c0a16d92cf0000010000000000a17890');
  });

  test.each([[encode({ target: 'm' })], [encode({ target: 'm', arguments: null })], [encode(['m', []])]])(
    'a call without arguments %#',
    (bytes) => {
      expect(textOf(readCallBody(body(MESSAGE_PACK, bytes))())).toBe('{"type":1,"target":"m","arguments":[]}\x1e');
    },
  );

  test.each([
    ['no target', encode({ arguments: [] })],
    ['an empty target', encode({ target: '', arguments: [] })],
    ['a number for a target', encode([1, []])],
    ['no list of arguments', encode(['m', 'x'])],
    ['more elements', encode(['m', [], []])],
    ['a name that is no text', Buffer.from('8101a16d', 'hex')],
    ['a text', encode('m')],
    ['something behind it', Buffer.concat([encode(['m', []]), Buffer.from([0])])],
    ['a cut', encode(['m', [1, 2, 3]]).subarray(0, 5)],
  ])('%s is refused', (_kind, bytes) => {
    expect(problemOf(() => readCallBody(body(MESSAGE_PACK, bytes)))).toMatchObject({ status: 400, target: 'message' });
  });
});

describe('framed messages', () => {
  const message = { type: 1, target: 'm', arguments: ['x', 2 ** 40] } as const;
  const json = jsonHubProtocol.encode(message);
  const messagepack = messagePackHubProtocol.encode(message);

  test('go on byte for byte', () => {
    const payloads = readCallBody(body(FRAMED, framed({ json, messagepack, blazorpack: Buffer.from([1]) })))();
    expect(payloads.map(({ protocol, data }) => [protocol, Buffer.from(data)])).toEqual([
      ['json', Buffer.from(json)],
      ['messagepack', Buffer.from(messagepack)],
      ['blazorpack', Buffer.from([1])],
    ]);
  });

  test('get an invocation id without loss', () => {
    const long = Buffer.from('{"type":1,"target":"m","arguments":[12345678901234567890]}\x1e');
    const five = Buffer.from(writeBinaryFrame(Buffer.from('950180c0a16d92cb3ff0000000000000ca3f800000', 'hex')));
    const payloads = readCallBody(body(FRAMED, framed({ JSON: long, messagepack: five, other: json })))('i');
    expect(payloads.map(({ protocol }) => protocol)).toEqual(['json', 'messagepack']);
    expect(textOf(payloads)).toBe('{"type":1,"invocationId":"i","target":"m","arguments":[12345678901234567890]}\x1e');
    expect(hexOf(payloads)).toBe('17960180a169a16d92cb3ff0000000000000ca3f80000090');
  });

  test.each([
    ['no map', encode([])],
    ['an empty map', framed({})],
    ['a text for bytes', encode({ json: 'x' })],
    ['nil for bytes', encode({ json: null })],
    ['a number for a name', Buffer.from('8101c400', 'hex')],
    ['a cut', framed({ json }).subarray(0, 20)],
    ['something behind it', Buffer.concat([framed({ json }), Buffer.from([0])])],
    ['a message without its end', framed({ json: json.subarray(0, -1) })],
    ['two messages', framed({ json: Buffer.concat([json, json]) })],
    ['an empty message', framed({ json: Buffer.from('\x1e') })],
    ['no bytes', framed({ json: Buffer.alloc(0) })],
    ['a MessagePack message that is cut', framed({ MessagePack: messagepack.subarray(0, -1) })],
    ['more behind a MessagePack message', framed({ messagepack: Buffer.concat([messagepack, Buffer.from([0])]) })],
  ])('%s is refused', (_kind, bytes) => {
    expect(problemOf(() => readCallBody(body(FRAMED, bytes)))).toMatchObject({ status: 400, target: 'message' });
  });

  test.each([
    ['json', Buffer.from('{"type":6}\x1e')],
    ['json', Buffer.from('nothing\x1e')],
    ['json', Buffer.from('{"target":5,"arguments":[]}\x1e')],
    ['messagepack', messagePackHubProtocol.encode({ type: 6 })],
    ['messagepack', messagePackHubProtocol.encode({ type: 3, invocationId: 'x', result: [] })],
    ['messagepack', writeBinaryFrame(Buffer.from('960180c0a16d2090', 'hex'))],
  ])('what is no Invocation of %s cannot be asked %#', (protocol, data) => {
    const make = readCallBody(body(FRAMED, framed({ [protocol]: data })));
    expect(problemOf(() => make('i'))).toMatchObject({ status: 400 });
  });
});

describe('items of streams', () => {
  test.each([
    ['null', 'c0'],
    ['"x"', 'a178'],
    ['[]', '90'],
    ['{"a":9007199254740993}', '81a161cf0020000000000001'],
  ])('%s', (text, hex) => {
    const payloads = readItemBody(body(JSON_TYPE, text), 's');
    expect(textOf(payloads)).toBe(`{"type":2,"invocationId":"s","item":${text}}\x1e`);
    expect(hexOf(payloads).slice(2)).toBe(`940280a173${hex}`);
  });

  test('of MessagePack, and ready ones', () => {
    expect(textOf(readItemBody(body(MESSAGE_PACK, encode({ a: [1] })), 's'))).toContain('"item":{"a":[1]}');
    const json = jsonHubProtocol.encode({ type: 2, invocationId: 's', item: 1 });
    expect(textOf(readItemBody(body(FRAMED, framed({ json })), 's'))).toBe(Buffer.from(json).toString());
  });
});

describe('types of bodies', () => {
  test.each(['', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])('"%s" is 415', (type) => {
    for (const read of [readCallBody, readJsonCallBody]) {
      expect(problemOf(() => read(body(type, '{"target":"m"}')))).toMatchObject({ status: 415 });
    }
    expect(problemOf(() => readItemBody(body(type, '1'), 's'))).toMatchObject({ status: 415 });
  });

  test.each([MESSAGE_PACK, FRAMED])('%s is 415 where JSON alone is taken', (type) => {
    expect(problemOf(() => readJsonCallBody(body(type, encode(['m', []]))))).toMatchObject({
      status: 415,
      message: `Bodies of type '${type}' are not read. Send application/json.`,
    });
  });
});
