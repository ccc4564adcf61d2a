// The limit is one of framed messages, as Kestrel counts (client-protocol 3.8, 6.1).
import { jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import { describe, expect, test } from 'vitest';
import { HubHarness } from '../../test/support/hub-harness.ts';
import { Hub } from '../hub/hub.ts';

class EchoHub extends Hub {
  echo(text: string): string {
    return text;
  }
}

const LIMIT = 200;
const PROTOCOLS = { json: jsonHubProtocol, messagepack: messagePackHubProtocol } as const;

/** An invocation that takes so many bytes on the wire. */
function invocationOf(bytes: number, protocol: keyof typeof PROTOCOLS): Uint8Array {
  const encode = (text: string) =>
    PROTOCOLS[protocol].encode({ type: 1, invocationId: '1', target: 'echo', arguments: [text] });
  // Over 31 bytes MessagePack writes lengths of texts in one way up to 255, over 127 its frames.
  const some = encode('x'.repeat(140));
  return encode('x'.repeat(140 + bytes - some.length));
}

describe.each(['json', 'messagepack'] as const)('the largest message of %s', (protocol) => {
  const connect = () => new HubHarness(EchoHub, { maximumReceiveMessageSize: LIMIT }).connect(protocol);
  const closed = { type: 7, error: 'Connection closed with an error.', allowReconnect: true };

  test('is taken, several in one piece as well', () => {
    const client = connect();
    const message = invocationOf(LIMIT, protocol);
    expect(message).toHaveLength(LIMIT);
    client.sayBytes(Buffer.concat([message, message, message]));
    expect(client.heard().map(({ type }) => type)).toEqual([3, 3, 3]);
  });

  test('with one byte more ends the client', () => {
    const client = connect();
    client.sayBytes(invocationOf(LIMIT + 1, protocol));
    expect(client.heard()).toEqual([closed]);
  });

  test('with one byte more ends the client before all of it came', () => {
    const client = connect();
    const message = invocationOf(10_000, protocol);
    client.sayBytes(message.subarray(0, LIMIT));
    client.sayBytes(message.subarray(LIMIT, LIMIT + 1));
    expect(client.heard()).toEqual([closed]);
  });

  test('is each hub`s own', () => {
    const own = new HubHarness(
      { hub: EchoHub, maximumReceiveMessageSize: LIMIT + 1 },
      { maximumReceiveMessageSize: LIMIT },
    );
    const client = own.connect(protocol);
    client.sayBytes(invocationOf(LIMIT + 1, protocol));
    expect(client.heard()).toHaveLength(1);
    client.sayBytes(invocationOf(LIMIT + 2, protocol));
    expect(client.heard()).toEqual([closed]);
  });
});
