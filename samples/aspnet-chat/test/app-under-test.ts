import { FEATURE_SCENARIOS } from '../../../service/test/sdk-scenario/feature-scenarios.ts';
import type { Scenario } from '../../../service/test/sdk-scenario/scenario.ts';
import { chat } from './chat-scenario.ts';

/** An ASP.NET Core app and what it is put through. */
export interface AppUnderTest {
  readonly name: string;
  readonly project: URL;
  /** Path of the hub that clients connect to unless a scenario says otherwise. */
  readonly hubPath: string;
  /** How many hubs it maps: each has server connections of its own. */
  readonly hubs: number;
  /** Environment variable with the number of server connections of each hub. */
  readonly connectionsVariable: string;
  readonly scenarios: readonly Scenario[];
}

export const APPS: readonly AppUnderTest[] = [
  {
    name: 'AspNetChat',
    project: new URL('../AspNetChat.csproj', import.meta.url),
    hubPath: '/chat',
    hubs: 2,
    connectionsVariable: 'ServerConnections',
    scenarios: [chat],
  },
  {
    name: 'SdkApp',
    project: new URL('../../../service/test/sdk-app/SdkApp.csproj', import.meta.url),
    hubPath: '/feature',
    hubs: 1,
    connectionsVariable: 'SERVER_CONNECTIONS',
    scenarios: FEATURE_SCENARIOS,
  },
];
