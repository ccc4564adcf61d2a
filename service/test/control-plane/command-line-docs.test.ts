// What the page and the help teach is what the command line takes.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { type HostScene, startScene } from '../support/host-scene.ts';
import { expectSuccess, runSignalite } from '../support/run-signalite.ts';

const PAGE = new URL('../../../docs/control-plane.md', import.meta.url);
const NAME = 'my-signalr-service';
const VERBS = ['create', 'list', 'show', 'update', 'stop', 'start', 'restart', 'delete'];
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  key: ['list', 'renew'],
  cors: ['add', 'list', 'remove', 'update'],
  upstream: ['update', 'clear'],
  'network-rule': ['update', 'list'],
  metrics: ['list', 'list-definitions'],
};
const COMMANDS = [
  ...VERBS.filter((verb) => verb !== 'start'),
  ...Object.entries(GROUPS).flatMap(([group, verbs]) => verbs.map((verb) => `${group} ${verb}`)),
];

async function linesOfPage(): Promise<readonly string[]> {
  const page = await readFile(PAGE, 'utf8');
  const section = page.slice(page.indexOf('## Command line'), page.indexOf('## What is kept'));
  const [, block = ''] = /^```sh\n(.*?)^```$/ms.exec(section) ?? [];
  return block.split('\n').filter((line) => line !== '');
}

async function examplesIn(scene: HostScene, command: string): Promise<readonly string[]> {
  const help = await expectSuccess(scene, `${command} --help`);
  return [...help.matchAll(/^ {2}\$ signalite (.*)$/gm)].map(([, line]) => line ?? '');
}

test('the lines of the page, one after another', async () => {
  const scene = await startScene({ control: { port: 0 } });
  const lines = await linesOfPage();
  expect(lines.map((line) => line.split(' ')[1])).toEqual(['create', 'key', 'update', 'metrics']);
  for (const line of lines) expect(line).toMatch(/^signalite /);
  const printed: string[] = [];
  for (const line of lines) printed.push(await expectSuccess(scene, line.slice('signalite '.length)));
  const [created = '', key, updated = '', metrics = ''] = printed;
  expect(JSON.parse(created)).toMatchObject({ name: NAME, resourceGroup: 'my-rg', sku: { name: 'Free_F1' } });
  expect(key).toMatch(/^Endpoint=http:\/\/127\.0\.0\.1:\d+;AccessKey=[^;]+;Version=1\.0;\n$/);
  expect(JSON.parse(updated)).toMatchObject({ sku: { name: 'Standard_S1', capacity: 2 } });
  expect(JSON.parse(metrics)).toMatchObject({ interval: 'PT1M', value: [{ name: { value: 'ConnectionCount' } }] });
});

test.each(COMMANDS)('%s --help has an example that runs', async (command) => {
  const scene = await startScene({ control: { port: 0 } });
  const examples = await examplesIn(scene, command);
  expect(examples).not.toEqual([]);
  if (command !== 'create') await expectSuccess(scene, `create -n ${NAME} --sku Standard_S1`);
  for (const example of examples) {
    expect(example.startsWith(`${command} `)).toBe(true);
    await expectSuccess(scene, example);
  }
});

test('the page names every verb', async () => {
  const page = await readFile(PAGE, 'utf8');
  const scene = await startScene({ control: { port: 0 } });
  for (const verb of VERBS) expect(page).toMatch(new RegExp(`^\\|.*\`${verb}[ \`]`, 'm'));
  for (const [group, verbs] of Object.entries(GROUPS)) {
    const { out } = await runSignalite(scene, `${group} --help`);
    for (const verb of verbs) expect(out).toMatch(new RegExp(`^  ${verb} \\[options\\]`, 'm'));
    expect(page).toMatch(new RegExp(`^\\| \`${group} ${verbs.includes('list') ? 'list' : ''}`, 'm'));
  }
});
