import { ServiceType } from '../../wire/service-message.ts';
import type { Fault } from '../fault.ts';
import { byType, withField } from '../service-rewrites.ts';

export const LIMIT_FAULTS: readonly Fault[] = [
  {
    name: 'there are no limits of requests',
    turnsRed: ['headers.too-long', 'uri.too-long', 'rest.too-large', 'post.too-large', 'hub.name-too-odd'].map(
      (id) => `limits.${id}`,
    ),
    answer: (answer) => ({ ...answer, status: 200 }),
  },
  {
    name: 'the limits are a tenth',
    turnsRed: ['limits.headers.long', 'limits.uri.long', 'limits.rest.large', 'limits.post.large'],
    answer: (answer, { url, headers, body }) =>
      url.length + JSON.stringify(headers).length > 8000 || body.length > 100_000 ? { ...answer, status: 413 } : answer,
  },
  {
    name: 'negotiated connections stay',
    turnsRed: ['limits.negotiated.expires'],
    answer: (answer, { method }) => (method === 'GET' ? { ...answer, status: 200 } : answer),
  },
  {
    name: 'large messages are cut',
    turnsRed: ['limits.message.large'],
    toServer: byType({
      [ServiceType.ConnectionData]: (message) => {
        const [, , bytes] = message;
        return bytes instanceof Uint8Array && bytes.length > 1000
          ? [withField(message, 2, bytes.subarray(0, 9))]
          : [message];
      },
    }),
  },
  {
    name: 'whose authentication expired may not come back',
    turnsRed: ['limits.authentication.expires'],
    toClient: ({ data, isBinary }) => [
      { data: Buffer.from(data.toString().replace(',"allowReconnect":true', '')), isBinary },
    ],
  },
];
