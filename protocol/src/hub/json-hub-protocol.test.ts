import { describe, expect, test } from 'vitest';
import { fromUtf8, readAll, refusal, utf8 } from '../../test/hub-bytes.ts';
import { jsonHubProtocol } from './json-hub-protocol.ts';

function written(message: Parameters<typeof jsonHubProtocol.encode>[0]): string {
  return fromUtf8(jsonHubProtocol.encode(message));
}

describe('jsonHubProtocol', () => {
  test('is named as in the handshake', () => {
    expect(jsonHubProtocol).toMatchObject({ name: 'json', version: 2, transferFormat: 'Text' });
  });

  test('leaves out what says nothing', () => {
    expect(written({ type: 1, headers: {}, target: 'm', arguments: [], streamIds: [] })).toBe(
      '{"type":1,"target":"m","arguments":[]}\u001e',
    );
    expect(written({ type: 7, allowReconnect: false })).toBe('{"type":7}\u001e');
  });

  test('reads as absent what says nothing', () => {
    const text = '{"type":1,"headers":{},"target":"m","arguments":[],"streamIds":[]}\u001e';
    expect(readAll(jsonHubProtocol, [utf8(text)])).toStrictEqual([{ type: 1, target: 'm', arguments: [] }]);
  });

  test('writes null for undefined, so that the member is there', () => {
    expect(written({ type: 2, invocationId: '1', item: undefined })).toBe(
      '{"type":2,"invocationId":"1","item":null}\u001e',
    );
    expect(written({ type: 3, invocationId: '1', result: undefined })).toBe(
      '{"type":3,"invocationId":"1","result":null}\u001e',
    );
    expect(written({ type: 1, target: 'm', arguments: [undefined] })).toBe(
      '{"type":1,"target":"m","arguments":[null]}\u001e',
    );
  });

  test('takes the last of members that repeat', () => {
    const text = '{"type":1,"type":5,"invocationId":"1","invocationId":"2"}\u001e';
    expect(readAll(jsonHubProtocol, [utf8(text)])).toStrictEqual([{ type: 5, invocationId: '2' }]);
  });

  test('takes nothing from a member called __proto__', () => {
    const text = '{"__proto__":{"target":"m","arguments":[]},"type":1}\u001e';
    expect(refusal(() => readAll(jsonHubProtocol, [utf8(text)])).message).toBe("Missing required property 'target'.");
  });

  test('refuses bytes that are not UTF-8', () => {
    const bytes = Uint8Array.of(...utf8('{"type":2,"invocationId":"1","item":"'), 0xff, ...utf8('"}\u001e'));
    expect(refusal(() => readAll(jsonHubProtocol, [bytes]))).toMatchObject({ code: 'malformed' });
  });

  test('says nothing of a payload in its errors', () => {
    const error = refusal(() => readAll(jsonHubProtocol, [utf8('{"type":1,"secret\u001e')]));
    expect(`${error.message} ${String(error.cause)}`).not.toContain('secret');
  });

  test('holds to the limit of its reader', () => {
    const reader = jsonHubProtocol.createReader({ maxMessageBytes: 11 });
    reader.push(utf8('{"type":6}\u001e{"type":6 }\u001e'));
    expect(reader.next()).toStrictEqual({ type: 6 });
    expect(refusal(() => reader.next()).code).toBe('message-too-large');
  });
});
