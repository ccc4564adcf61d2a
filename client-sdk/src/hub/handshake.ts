// The first message of each side: JSON, whatever the hub protocol (client-protocol 3.1). As with JSON messages, the
// server's answer is read without telling it what may be wrong with it.

const SEPARATOR = 0x1e;
const ANSWER_MAX_BYTES = 65_536;

export function handshakeRequest(protocol: string, version: number): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ protocol, version })}\u001e`);
}

/**
 * How many bytes the answer takes at the start of `bytes`; 0 while it is not complete. What follows belongs to the hub
 * protocol. Throws for a refusal, and for what is no answer.
 */
export function handshakeAnswerLength(bytes: Uint8Array): number {
  const end = bytes.indexOf(SEPARATOR);
  if (end < 0 && bytes.length < ANSWER_MAX_BYTES) return 0;
  const answer: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  if (!(answer instanceof Object) || 'type' in answer) throw new Error('This is no answer to a handshake.');
  if ('error' in answer) throw new Error(String(answer.error));
  return end + 1;
}
