// An app's HTTP endpoint behind a service in Serverless mode: it answers each invocation with its last argument
// (upstream-and-emulator 2.4).

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenAndAnnounce } from './announce.ts';

interface Invocation {
  readonly invocationId?: string;
  readonly arguments: readonly unknown[];
}

const server = createServer({ noDelay: true }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => answer(Buffer.concat(chunks), response));
});

function answer(body: Buffer, response: ServerResponse<IncomingMessage>): void {
  const { invocationId, arguments: args }: Invocation = JSON.parse(body.toString());
  const text = `${JSON.stringify({ type: 3, invocationId, result: args.at(-1) })}\x1e`;
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(text)}` });
  response.end(text);
}

listenAndAnnounce(server);
