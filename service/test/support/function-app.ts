// An app on Azure Functions as an upstream: its checks, in its order (upstream-and-emulator 3.1).
import { createHmac } from 'node:crypto';
import { type DecodedHubMessage, type HubProtocol, jsonHubProtocol } from '@signalite/protocol';
import { messagePackHubProtocol } from '@signalite/protocol/messagepack';
import type { UpstreamCall, UpstreamHandler } from './upstream-listener.ts';

/** `hub/category/event` to what runs: it gets the arguments and gives the result. Names compare without case. */
export type Functions = Readonly<Record<string, (args: readonly unknown[]) => unknown>>;

interface Answer {
  readonly status: number;
  readonly reason?: string;
  readonly body?: Uint8Array;
}

const PROTOCOLS: Readonly<Record<string, HubProtocol>> = {
  'application/json': jsonHubProtocol,
  'application/x-msgpack': messagePackHubProtocol,
};

/** `keys`: those of the app's connection strings. */
export function functionApp(functions: Functions, keys: readonly string[]): UpstreamHandler {
  const byName = new Map(Object.entries(functions).map(([name, run]) => [name.toLowerCase(), run]));
  return (call, response) => {
    const { status, reason, body } = answerTo(call, byName, keys);
    if (reason === undefined) response.writeHead(status);
    else response.writeHead(status, reason);
    response.end(body);
  };
}

function answerTo(
  call: UpstreamCall,
  functions: ReadonlyMap<string, Functions[string]>,
  keys: readonly string[],
): Answer {
  const { headers } = call;
  const protocol = PROTOCOLS[headers['content-type'] ?? ''];
  if (protocol === undefined) return { status: 415 };
  const [hub = '', category = '', event = ''] = ['hub', 'category', 'event'].map((name) => headers[`x-asrs-${name}`]);
  if (hub === '' || category === '' || event === '') return { status: 400 };
  const run = functions.get(`${hub}/${category}/${event}`.toLowerCase());
  if (run === undefined) return { status: 404 };
  if (!isSigned(headers['x-asrs-signature'], headers['x-asrs-connection-id'] ?? '', keys)) {
    return { status: 401, reason: 'The signature does not match' };
  }
  if (category === 'connections') return { status: threw(run) && event === 'connected' ? 403 : 200 };
  return runMessage(call, run, { protocol, event });
}

/** As the extension does it: nothing is trimmed. */
function isSigned(header = '', connectionId: string, keys: readonly string[]): boolean {
  const expected = keys.map((key) => `sha256=${createHmac('sha256', key).update(connectionId).digest('hex')}`);
  return header.split(',').some((one) => expected.some((other) => one.toLowerCase() === other.toLowerCase()));
}

function threw(run: Functions[string]): boolean {
  try {
    run([]);
    return false;
  } catch {
    return true;
  }
}

function runMessage(
  call: UpstreamCall,
  run: Functions[string],
  { protocol, event }: { protocol: HubProtocol; event: string },
): Answer {
  const message = parse(call.body, protocol);
  if (message?.type !== 1 || message.target.toLowerCase() !== event.toLowerCase()) {
    return { status: 500, reason: 'The body is not the invocation of the header' };
  }
  const { invocationId, arguments: args } = message;
  if (invocationId === undefined) {
    run(args);
    return { status: 200 };
  }
  try {
    return { status: 200, body: protocol.encode({ type: 3, invocationId, result: run(args) ?? null }) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { status: 200, body: protocol.encode({ type: 3, invocationId, error: text }) };
  }
}

/** A body has no framing; the reader wants some. */
function parse(body: Buffer, protocol: HubProtocol): DecodedHubMessage | undefined {
  const reader = protocol.createReader();
  reader.push(protocol === jsonHubProtocol ? Buffer.concat([body, Buffer.from('\x1e')]) : withLength(body));
  try {
    return reader.next();
  } catch {
    return undefined;
  }
}

function withLength(body: Buffer): Buffer {
  const prefix: number[] = [];
  for (let rest = body.length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.concat([Buffer.from([...prefix, rest]), body]);
    prefix.push((rest % 128) | 0x80);
  }
}
