import type { Fault } from '../fault.ts';

export const CLOSING_FAULTS: readonly Fault[] = [
  {
    name: 'ends of clients are told in other words, and something follows',
    turnsRed: [
      ...['by-the-server.text', 'by-the-server.empty', 'by-the-server.nil', 'server-connection.drops'],
      ...['nothing-behind-it', 'nobody-there.text'],
    ].map((id) => `closing.${id}`),
    toClient: ({ data, isBinary }) => {
      const text = data.toString();
      const isEnd = text.startsWith('{"type":7') || text.startsWith('{"error"');
      const changed = text.replace(/^\{"type":7/, '{"type":7,"extra":1').replace('proxy', 'wall');
      const late = { data: Buffer.from('{"type":1,"target":"late","arguments":[]}\u001e'), isBinary };
      return [{ data: Buffer.from(changed), isBinary }, ...(isEnd ? [late] : [])];
    },
  },
  {
    name: 'messages that are too large are refused without a word',
    turnsRed: ['closing.message.too-large'],
    close: ({ reason }) => ({ code: 1000, reason }),
  },
];
