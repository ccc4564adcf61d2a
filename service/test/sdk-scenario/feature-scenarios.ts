import { appStops } from './app-stops.ts';
import { bigMessages } from './big-messages.ts';
import { clientResults } from './client-results.ts';
import { identity } from './identity.ts';
import { invocations } from './invocations.ts';
import { lifetime } from './lifetime.ts';
import { oddInput } from './odd-input.ts';
import { outsideHub } from './outside-hub.ts';
import type { Scenario } from './scenario.ts';
import { groups, sends } from './sends.ts';
import { shutdownMigrate, shutdownWait } from './shutdown.ts';
import { streams } from './streams.ts';

/** What SdkApp is put through. */
export const FEATURE_SCENARIOS: readonly Scenario[] = [
  invocations,
  identity,
  sends,
  groups,
  outsideHub,
  streams,
  clientResults,
  bigMessages,
  lifetime,
  oddInput,
  appStops,
  shutdownMigrate,
  shutdownWait,
];
