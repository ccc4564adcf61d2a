// Loaded into a Node server before its own code (`node --expose-gc --import`): a small server of its own that answers
// how much memory is in use after a collection. The hub in C# answers the same at /memory.

import { createServer } from 'node:http';
import { listenAndAnnounce } from './announce.ts';

const server = createServer((_, response) => {
  // The second one takes what the callbacks of the first let go.
  globalThis.gc?.();
  setImmediate(() => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    response.setHeader('connection', 'close');
    response.end(JSON.stringify({ liveBytes: heapUsed + external }));
  });
});

listenAndAnnounce(server, 'memory');
server.unref();
