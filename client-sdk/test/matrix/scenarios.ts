// The one list that every client plays, over every transport, against every hub.

import { bigMessages } from './scenarios/big-messages.ts';
import { bursts } from './scenarios/bursts.ts';
import { calls } from './scenarios/calls.ts';
import { clientResults } from './scenarios/client-results.ts';
import { ends } from './scenarios/ends.ts';
import { identity } from './scenarios/identity.ts';
import type { MatrixScenario } from './scenarios/scenario.ts';
import { sends } from './scenarios/sends.ts';
import { streams } from './scenarios/streams.ts';

export const SCENARIOS: readonly MatrixScenario[] = [
  calls,
  identity,
  sends,
  streams,
  clientResults,
  bigMessages,
  bursts,
  ends,
];
