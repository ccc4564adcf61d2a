import { readdirSync, readFileSync } from 'node:fs';
import { ServiceModeName, startService } from 'signalite';
import { describe, expect, test } from 'vitest';
import { isDeed, type TranscriptLine } from './support/transcript-line.ts';
import { type Batching, TranscriptReplay } from './support/transcript-replay.ts';

// What real SDKs and clients said to the service, and what it answered (docs/real-sdk.md). Their part is repeated, the
// service's is compared: message by message for every server connection and every client.

const FOLDER = new URL('../../conformance/recordings/', import.meta.url);
const REPLAY_MS = 60_000;
const BATCHINGS: readonly Batching[] = ['one-by-one', 'together'];

const versions = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function readTranscript(version: string, file: string): TranscriptLine[] {
  return readFileSync(new URL(`${version}/${file}`, FOLDER), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The name of a transcript says on what service it was recorded. */
function modeOf(file: string): ServiceModeName {
  const modes = Object.values(ServiceModeName);
  return modes.find((mode) => file.startsWith(`management-${mode.toLowerCase()}-`)) ?? ServiceModeName.Default;
}

async function replay(
  lines: readonly TranscriptLine[],
  batching: Batching,
  serviceMode: ServiceModeName = ServiceModeName.Default,
): Promise<void> {
  await using service = await startService({ host: '127.0.0.1', port: 0, serviceMode });
  using played = new TranscriptReplay(service);
  await played.play(lines, batching);
}

/** Newer SDKs say in their handshake whether they allow stateful reconnects (service-protocol 10.2). */
test('there are transcripts of both generations of the SDK', () => {
  const isNew = versions.map((version) => {
    const lines = readTranscript(version, 'app-stops.jsonl');
    const request = lines.find((line) => 'message' in line && line.message.type === 'HandshakeRequest');
    return request !== undefined && 'message' in request && 'allowStatefulReconnects' in request.message;
  });
  expect(isNew.sort()).toEqual([false, true]);
});

for (const version of versions) {
  describe(`SDK ${version}`, () => {
    for (const file of readdirSync(new URL(`${version}/`, FOLDER))) {
      const lines = readTranscript(version, file);
      test.each(BATCHINGS)(`${file}, %s`, { timeout: REPLAY_MS }, async (batching) => {
        await replay(lines, batching, modeOf(file));
      });
    }
  });
}

describe('a replay fails', () => {
  const lines = readTranscript('2024-03', 'groups.jsonl');
  const at = (isIt: (line: TranscriptLine) => boolean) => {
    const index = lines.findIndex(isIt);
    if (index < 0) throw new Error('the transcript has no such line');
    return index;
  };
  const changed = (index: number, from: string, to: string) => {
    const text = JSON.stringify(lines[index]);
    if (!text.includes(from)) throw new Error(`line ${index + 1} has no ${from}`);
    return lines.with(index, JSON.parse(text.replace(from, to)));
  };
  const isAck = (line: TranscriptLine) => 'message' in line && line.message.type === 'Ack';
  const isOpen = (line: TranscriptLine) => 'message' in line && line.message.type === 'OpenConnection';
  const isMessage = (line: TranscriptLine) => 'gets' in line && line.gets === 'hub-message';

  test('when an ack has another status', async () => {
    const index = at(isAck);
    await expect(replay(changed(index, '"status":1', '"status":2'), 'one-by-one')).rejects.toThrow(
      `line ${index + 1}: `,
    );
  });

  test('when an app server is not told the hub protocol', async () => {
    await expect(replay(changed(at(isOpen), ',"protocol":"json"', ''), 'one-by-one')).rejects.toThrow('should get');
  });

  test('when a service message has bytes that nobody knows', async () => {
    await expect(replay(changed(at(isAck), '"size":6', '"size":5'), 'one-by-one')).rejects.toThrow('should get');
  });

  test('when a client gets a message in another kind of frame', async () => {
    await expect(replay(changed(at(isMessage), '"text"', '"binary"'), 'one-by-one')).rejects.toThrow('should get');
  });

  test('when a REST call is answered otherwise', async () => {
    const file = 'management-serverless-transient-default.jsonl';
    const calls = readTranscript('2024-03', file);
    const index = calls.findIndex((line) => 'gets' in line && line.gets === 'reply' && line.status === 404);
    const reply = calls[index];
    if (reply === undefined || !('status' in reply)) throw new Error('the transcript has no such line');
    const others = calls.with(index, { ...reply, status: 200 });
    await expect(replay(others, 'one-by-one', modeOf(file))).rejects.toThrow(`line ${index + 1}: rest-`);
  });

  test('when two messages come in another order', async () => {
    const first = at((line) => isMessage(line) && line.who === 'client-2');
    const second = lines.findIndex((line, index) => index > first && isMessage(line) && line.who === 'client-2');
    const swapped = lines.map(
      (line, index) => lines[index === first ? second : index === second ? first : index] ?? line,
    );
    await expect(replay(swapped, 'one-by-one')).rejects.toThrow('client-2 should get');
  });

  test('when more comes than there should', async () => {
    const last = lines.findLastIndex((line) => !isDeed(line));
    await expect(replay(lines.toSpliced(last, 1), 'one-by-one')).rejects.toThrow('got more than it should');
  });
});
