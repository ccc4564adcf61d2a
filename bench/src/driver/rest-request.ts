// The REST call that reaches all clients of a hub, as bytes that are ready to send (rest-api 5.1, 5.2).

import { type FrameTemplate, hubMessage, packText, stampedText, templateOf } from './hub-messages.ts';
import type { HubProtocolName, RestBodyKind } from './load.ts';

const HUB_PROTOCOLS: readonly HubProtocolName[] = ['json', 'messagepack'];
const MAP_OF_TWO = 0x82;
const BYTES_16 = 0xc5;

export interface RestRequestOptions {
  readonly url: URL;
  readonly token: string;
  readonly body: RestBodyKind;
  readonly payloadBytes: number;
}

/** In ready messages the one for JSON clients alone has the stamp: it comes first. */
export function restBroadcastRequest({ url, token, body: kind, payloadBytes }: RestRequestOptions): FrameTemplate {
  const text = stampedText(payloadBytes);
  const body = kind === 'json' ? jsonBody(text) : framedBody(text);
  const head = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    `Authorization: Bearer ${token}`,
    `Content-Type: application/${kind}`,
    `Content-Length: ${body.length}`,
    '\r\n',
  ].join('\r\n');
  return templateOf(Buffer.concat([Buffer.from(head), body]));
}

function jsonBody(text: string): Buffer {
  return Buffer.from(JSON.stringify({ target: 'recv', arguments: [text] }));
}

/** As SDKs send it whose app has both hub protocols. */
function framedBody(text: string): Buffer {
  const entries = HUB_PROTOCOLS.flatMap((name) => {
    const message = hubMessage(name, { target: 'recv', args: [text] });
    return [packText(name), Buffer.from([BYTES_16, message.length >> 8, message.length & 0xff]), message];
  });
  return Buffer.concat([Buffer.from([MAP_OF_TWO]), ...entries]);
}
