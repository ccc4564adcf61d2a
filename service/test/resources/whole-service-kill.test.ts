// The whole service, killed in the middle of changes: it comes back with its resources.
import { expect, test } from 'vitest';
import { CliProcess } from '../support/cli-process.ts';
import { temporaryFolder } from '../support/host-scene.ts';

const WHOLE_TEST_MS = 60_000;
const RESOURCE =
  '/subscriptions/0/resourceGroups/g/providers/Microsoft.SignalRService/signalR/mine?api-version=2024-03-01';

/** The command line on its own ports, with its state in a folder. */
async function started(state: string): Promise<{ cli: CliProcess; control: string }> {
  const args = ['--host', '127.0.0.1', '--port', '0', '--control-port', '0', '--state', state];
  const cli = new CliProcess(args, { SIGNALITE_IN_MEMORY: 'false', SIGNALITE_CONTROL: 'true' });
  await cli.ready();
  const control = /control port (http:\S+)\)/.exec(cli.stdout)?.[1];
  if (control === undefined) throw new Error(`no control port in: ${cli.stdout}`);
  return { cli, control };
}

async function ask(control: string, method: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${control}${RESOURCE}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.json();
}

test('it has the state before the last change, or the one after it', { timeout: WHOLE_TEST_MS }, async () => {
  const state = await temporaryFolder();
  const first = await started(state);
  using _first = first.cli;
  await ask(first.control, 'PUT', { location: 'local', sku: { name: 'Standard_S1', capacity: 1 } });
  let changes = 0;
  const changing = (async () => {
    for (;;) {
      await ask(first.control, 'PATCH', { tags: { change: `${changes + 1}` } });
      changes += 1;
      if (changes === 20) first.cli.signal('SIGKILL');
    }
  })().catch((error: unknown) => error);
  expect(await first.cli.exited).toBe('SIGKILL');
  await changing;

  const second = await started(state);
  using _second = second.cli;
  const { tags, properties } = await ask(second.control, 'GET');
  expect([`${changes}`, `${changes + 1}`]).toContain((tags as { change: string }).change);
  expect(properties).toMatchObject({ provisioningState: 'Succeeded' });
});
