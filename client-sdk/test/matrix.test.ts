// Every client of JavaScript, on a hub behind the service, sees line by line what it sees on Kestrel. What that is was
// recorded: `npm run test:dotnet` checks the record, and plays the .NET clients too.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asKestrel } from './matrix/explained.ts';
import { seatName, settingOf } from './matrix/observations.ts';
import { OFFICIAL_CLIENTS } from './matrix/official-clients.ts';
import { OWN_CLIENT } from './matrix/own-client.ts';
import { settingsOf } from './matrix/play.ts';
import { recordedOf } from './matrix/recorded.ts';
import { SCENARIOS } from './matrix/scenarios.ts';
import { startServiceHub } from './matrix/service-hub.ts';

let hub: Awaited<ReturnType<typeof startServiceHub>>;

beforeAll(async () => {
  hub = await startServiceHub();
});

afterAll(() => hub.close());

describe.each([...OFFICIAL_CLIENTS, OWN_CLIENT])('$name', (client) => {
  const cases = SCENARIOS.flatMap((scenario) =>
    settingsOf(client).map((setting) => ({ scenario, setting, key: `${scenario.name}: ${settingOf(setting)}` })),
  );

  test.each(cases)('$key', { timeout: 60_000 }, async ({ scenario, setting }) => {
    const recorded = (await recordedOf(scenario.name)).get(seatName({ client: client.name, ...setting }));
    expect(recorded, 'is not recorded: npm run test:dotnet -- --record').toBeDefined();
    const lines = await scenario.play({ client, hubUrl: hub.url, ...setting });
    expect(lines.map(asKestrel)).toEqual(recorded);
  });
});
