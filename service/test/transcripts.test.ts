import { readdirSync, readFileSync } from 'node:fs';
import { startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import type { TranscriptLine } from './support/transcript-line.ts';
import { TranscriptReplay } from './support/transcript-replay.ts';

// What real SDKs and clients said to the service, and what it answered (docs/real-sdk.md). Their part is repeated, the
// service's is compared: message by message for every server connection and every client.

const FOLDER = new URL('transcripts/', import.meta.url);
const REPLAY_MS = 60_000;

const versions = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** Newer SDKs say in their handshake whether they allow stateful reconnects (service-protocol 10.2). */
test('there are transcripts of both generations of the SDK', () => {
  const isNew = versions.map(({ name }) => {
    const lines = readTranscript(new URL(`${name}/app-stops.jsonl`, FOLDER));
    const request = lines.find((line) => 'message' in line && line.message.type === 'HandshakeRequest');
    return request !== undefined && 'message' in request && 'allowStatefulReconnects' in request.message;
  });
  expect(isNew.sort()).toEqual([false, true]);
});

describe.each(versions.map(({ name }) => name))('SDK %s', (version) => {
  const folder = new URL(`${version}/`, FOLDER);
  test.each(readdirSync(folder).sort())('%s', { timeout: REPLAY_MS }, async (file) => {
    const lines = readTranscript(new URL(file, folder));
    expect(lines.length).toBeGreaterThan(0);
    await using service = await startService({ host: '127.0.0.1', port: 0 });
    using replay = new TranscriptReplay(service);
    await replay.play(lines);
  });
});

function readTranscript(file: URL): TranscriptLine[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
