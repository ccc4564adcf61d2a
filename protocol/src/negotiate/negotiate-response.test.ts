import { describe, expect, test } from 'vitest';
import { refusal } from '../../test/hub-bytes.ts';
import { encodeNegotiateResponse, type NegotiateResponse, parseNegotiateResponse } from './negotiate-response.ts';

const availableTransports = [
  { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
  { transport: 'ServerSentEvents', transferFormats: ['Text'] },
  { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
];
const TRANSPORTS_TEXT =
  '"availableTransports":[{"transport":"WebSockets","transferFormats":["Text","Binary"]},' +
  '{"transport":"ServerSentEvents","transferFormats":["Text"]},' +
  '{"transport":"LongPolling","transferFormats":["Text","Binary"]}]}';

const pairs: [string, NegotiateResponse, string][] = [
  [
    'version 1',
    { kind: 'connection', negotiateVersion: 1, connectionId: 'p', connectionToken: 's', availableTransports },
    `{"negotiateVersion":1,"connectionId":"p","connectionToken":"s",${TRANSPORTS_TEXT}`,
  ],
  [
    'version 1 with stateful reconnect',
    {
      kind: 'connection',
      negotiateVersion: 1,
      connectionId: 'p',
      connectionToken: 's',
      availableTransports,
      useStatefulReconnect: true,
    },
    `{"useStatefulReconnect":true,"negotiateVersion":1,"connectionId":"p","connectionToken":"s",${TRANSPORTS_TEXT}`,
  ],
  [
    'version 0, which has one id',
    { kind: 'connection', negotiateVersion: 0, connectionId: 'p', connectionToken: 'p', availableTransports },
    `{"negotiateVersion":0,"connectionId":"p",${TRANSPORTS_TEXT}`,
  ],
  [
    'redirect',
    { kind: 'redirect', url: 'http://h/client/?hub=chat&asrs.op=%2Fchat', accessToken: 't' },
    '{"negotiateVersion":0,"url":"http://h/client/?hub=chat&asrs.op=%2Fchat","accessToken":"t","availableTransports":[]}',
  ],
  [
    'redirect that keeps the token',
    { kind: 'redirect', url: 'http://h/' },
    '{"negotiateVersion":0,"url":"http://h/","availableTransports":[]}',
  ],
  ['error', { kind: 'error', error: 'Not "now".' }, '{"error":"Not \\"now\\"."}'],
];

describe.each(pairs)('%s', (_, response, text) => {
  test('is written in the order of ASP.NET Core', () => {
    expect(encodeNegotiateResponse(response)).toBe(text);
  });

  test('is read', () => {
    expect(parseNegotiateResponse(text)).toStrictEqual(response);
  });
});

describe('parseNegotiateResponse', () => {
  test.each<[string, NegotiateResponse]>([
    ['{"url":"http://h/","accessToken":"t"}', { kind: 'redirect', url: 'http://h/', accessToken: 't' }],
    [
      '{"url":null,"accessToken":null,"error":null,"connectionId":"a","unknown":1}',
      { kind: 'connection', negotiateVersion: 0, connectionId: 'a', connectionToken: 'a', availableTransports: [] },
    ],
    [
      '{"connectionId":"a","availableTransports":[{"transport":"Pigeons","transferFormats":["Paper"]}]}',
      {
        kind: 'connection',
        negotiateVersion: 0,
        connectionId: 'a',
        connectionToken: 'a',
        availableTransports: [{ transport: 'Pigeons', transferFormats: ['Paper'] }],
      },
    ],
    ['{"error":"no","url":"http://h/"}', { kind: 'error', error: 'no' }],
  ])('reads %s', (text, response) => {
    expect(parseNegotiateResponse(text)).toStrictEqual(response);
  });

  test.each([
    ['', 'Error reading JSON.'],
    ['[]', "Unexpected JSON Token Type 'Array'. Expected a JSON Object."],
    ['{}', "Neither 'connectionId', 'url' nor 'error' is there."],
    ['{"ProtocolVersion":"2.0","Url":"/signalr"}', 'The server speaks ASP.NET SignalR.'],
    ['{"negotiateVersion":1,"connectionId":"a"}', "'connectionToken' is missing."],
    ['{"negotiateVersion":"1","connectionId":"a"}', "'negotiateVersion' must be a number."],
    ['{"url":1}', "'url' must be a string."],
    ['{"connectionId":"a","availableTransports":{}}', "'availableTransports' must be an array."],
    ['{"connectionId":"a","availableTransports":[{"transport":"x"}]}', "'availableTransports' must hold objects"],
    ['{"connectionId":"a","availableTransports":["x"]}', "'availableTransports' must hold objects"],
  ])('refuses %s', (text, message) => {
    const error = refusal(() => parseNegotiateResponse(text));
    expect(error.code).toBe('invalid-negotiate-response');
    expect(error.message).toContain(message);
  });
});
