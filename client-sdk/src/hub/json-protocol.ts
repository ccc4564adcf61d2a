import type { DecodedHubMessage, HubProtocol } from '@signalite/protocol';

// The JSON hub protocol as a client needs it (client-protocol 3.2, 3.3). A server must tell its peers what is wrong with
// their messages, and `@signalite/protocol` can; a client trusts its server's, which saves more than a kilobyte.

const SEPARATOR = '\u001e';

/**
 * Hub messages as JSON text. `Uint8Array` values become base64. Refuses what is no message, and skips what it does not
 * know.
 */
export const jsonProtocol: HubProtocol = {
  name: 'json',
  version: 2,
  transferFormat: 'Text',
  createReader() {
    const decoder = new TextDecoder();
    let rest = '';
    /** The oldest last: taking it is cheap, however many came together. */
    let frames: string[] = [];
    return {
      get pendingBytes() {
        return rest.length;
      },
      push(chunk) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split(SEPARATOR);
        rest = parts.pop() ?? '';
        frames = [...parts.reverse(), ...frames];
      },
      next() {
        const frame = frames.pop();
        return frame === undefined ? undefined : parse(frame);
      },
    };
  },
  encode: (message) => new TextEncoder().encode(JSON.stringify(message, bytesAsBase64) + SEPARATOR),
};

function parse(frame: string): DecodedHubMessage {
  try {
    const message: unknown = JSON.parse(frame);
    if (isMessage(message)) return message;
  } catch {
    // The parser's own words would quote the message.
  }
  throw new Error('This is no hub message.');
}

/** Whether the members are there that are read without a look. */
function isMessage(value: unknown): value is DecodedHubMessage {
  if (!(value instanceof Object && 'type' in value)) return false;
  return value.type === 1
    ? 'target' in value && 'arguments' in value && typeof value.target === 'string' && Array.isArray(value.arguments)
    : typeof value.type === 'number';
}

function bytesAsBase64(_: string, value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(''));
}
