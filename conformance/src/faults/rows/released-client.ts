import type { Fault } from '../fault.ts';

export const RELEASED_CLIENT_FAULTS: readonly Fault[] = [
  {
    name: 'calls name another method',
    turnsRed: [
      'released-client.serverless.web-sockets-json',
      'released-client.serverless.web-sockets-messagepack',
      'released-client.serverless.event-stream-json',
      'released-client.served.web-sockets-json',
      'released-client.served.web-sockets-messagepack',
      'released-client.served.event-stream-json',
    ],
    toClient: ({ data, isBinary }) => [
      { data: Buffer.from(data.toString('latin1').replace('say', 'sty'), 'latin1'), isBinary },
    ],
  },
  {
    name: 'polls bring calls of another method',
    turnsRed: [
      'released-client.serverless.long-polling-json',
      'released-client.serverless.long-polling-messagepack',
      'released-client.served.long-polling-json',
      'released-client.served.long-polling-messagepack',
    ],
    answer: (answer) => {
      const text = answer.body.toString('latin1').replace('say', 'sty');
      return { ...answer, body: Buffer.from(text, 'latin1'), text };
    },
  },
  {
    name: 'the sentence about the mode is another',
    turnsRed: ['released-client.refused.no-app-server'],
    toClient: ({ data, isBinary }) => [{ data: Buffer.from(data.toString().replace('proxy', 'wall')), isBinary }],
  },
];
