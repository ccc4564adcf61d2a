import type { HubProtocol } from '@signalite/protocol';
import { decodeHubMessage } from '../outbound/framed-protocol.ts';
import { hubFrameAt } from '../outbound/hub-frame.ts';
import type { UpstreamAnswer } from '../upstream/upstream.ts';

const RECORD_SEPARATOR = Buffer.from('\u001e');
const INVALID = 'Invocation failed, invalid response from upstream.';

/** What a client gets for its invocation: one framed Completion. */
export interface UpstreamCompletion {
  readonly frame: Uint8Array;
  /** Why the upstream's own answer could not be used; for the log. */
  readonly invalid?: string;
}

/** Makes the Completion for one invocation of an upstream's answer (upstream-and-emulator 2.4). */
export function upstreamCompletion(
  answer: UpstreamAnswer,
  protocol: HubProtocol,
  { invocationId, noMatch }: { readonly invocationId: string; readonly noMatch: string },
): UpstreamCompletion {
  const complete = (rest: { error?: string }) => protocol.encode({ type: 3, invocationId, ...rest });
  switch (answer.kind) {
    case 'no-match':
      return { frame: complete({ error: noMatch }) };
    case 'empty':
      return { frame: complete({}) };
    case 'failed':
      return { frame: complete({ error: answer.error }) };
    case 'body': {
      const frame = withSeparator(Buffer.from(answer.body), protocol);
      const invalid = whyInvalid(frame, protocol, invocationId);
      return invalid === undefined ? { frame } : { frame: complete({ error: INVALID }), invalid };
    }
  }
}

/** Some upstreams forget the separator behind a JSON object. */
function withSeparator(body: Buffer, protocol: HubProtocol): Buffer {
  if (protocol.name !== 'json' || body.includes(RECORD_SEPARATOR)) return body;
  return Buffer.concat([body, RECORD_SEPARATOR]);
}

function whyInvalid(frame: Buffer, protocol: HubProtocol, invocationId: string): string | undefined {
  if (hubFrameAt(frame, 0, protocol.name === 'json')?.end !== frame.length) {
    return `The body is not exactly one message framed for the ${protocol.name} hub protocol.`;
  }
  const completion = decodeHubMessage(protocol, frame);
  if (completion?.type !== 3) return 'The body is not a Completion.';
  if (completion.invocationId === invocationId) return undefined;
  return 'The body is a Completion for another invocation.';
}
