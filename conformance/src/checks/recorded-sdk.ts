// What real SDKs did once, done again (recordings/README.md).

import { randomBytes } from 'node:crypto';
import { area, type Check } from '../check.ts';
import { RECORDINGS } from '../recording/recordings.ts';
import { Replay } from '../recording/replay.ts';

export const RECORDED_SDK_CHECKS: readonly Check[] = area(
  'recorded-sdk',
  {},
  RECORDINGS.map((recording) => ({
    id: recording.name.replaceAll('/', '.'),
    requires: `A session of Microsoft's SDK (${recording.name}) goes on as it went.`,
    source: 'service-protocol 7',
    modes: [recording.serviceMode],
    run: (stage) => new Replay(stage).play(recording.lines(`x${randomBytes(4).toString('hex')}`)),
  })),
);
