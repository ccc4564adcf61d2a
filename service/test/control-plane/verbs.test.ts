// The command line's verbs, on a running process.
import { beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { FakeAppServer } from '../support/fake-app-server.ts';
import { type HostScene, startScene } from '../support/host-scene.ts';
import { httpRequest } from '../support/http-request.ts';
import { clientToken, RawClient } from '../support/raw-client.ts';
import { opened } from '../support/scene.ts';
import type { ServiceAddress } from '../support/service-address.ts';

const ID = '/subscriptions/0000/resourceGroups/my-rg/providers/Microsoft.SignalRService/SignalR/my-signalr-service';
const CREATE =
  'create --name my-signalr-service --resource-group my-rg --location eastus --sku Free_F1 --service-mode Default';

let scene: HostScene;
beforeEach(async () => {
  scene = await startScene({ control: { port: 0 } });
});

/** Runs one line as a shell would cut it. */
async function signalite(line: string, variables: Readonly<Record<string, string>> = {}) {
  const argv = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const written = { out: '', error: '' };
  const exitCode = await runProgram(argv, {
    write(text) {
      written.out += text;
    },
    writeError(text) {
      written.error += text;
    },
    isErrorTerminal: false,
    askForKey: () => Promise.resolve(''),
    workingFolder: '.',
    variables: { SIGNALITE_CONTROL_URL: scene.host.controlUrl ?? '', ...variables },
    version: '1.2.3',
    onStopRequest: () => () => undefined,
  });
  return { exitCode, ...written };
}

async function ok(line: string): Promise<string> {
  const { exitCode, out, error } = await signalite(line);
  expect({ line, exitCode, error }).toEqual({ line, exitCode: 0, error: '' });
  return out;
}

function addressIn(connectionString: string): ServiceAddress {
  const url = /Endpoint=([^;]+)/.exec(connectionString)?.[1] ?? '';
  return { connectionString: connectionString.trim(), url, port: Number(new URL(url).port) };
}

async function negotiateStatus(address: ServiceAddress): Promise<number> {
  const headers = { authorization: `Bearer ${await clientToken(address)}` };
  return (await httpRequest(address, { method: 'POST', path: '/client/negotiate?hub=chat', headers })).status;
}

test('the four commands of an Azure user do what they do there', { timeout: 120_000 }, async () => {
  const created = JSON.parse(await ok(CREATE));
  expect(created).toMatchObject({
    name: 'my-signalr-service',
    location: 'eastus',
    sku: { name: 'Free_F1', capacity: 1 },
  });

  const line = 'key list --name my-signalr-service --resource-group my-rg --query primaryConnectionString -o tsv';
  const address = addressIn(await ok(line));
  opened.push(await FakeAppServer.connect(address));
  for (let index = 1; index < 20; index++) opened.push(await RawClient.connect(address));
  expect(await negotiateStatus(address)).toBe(429);

  await ok('update --name my-signalr-service --resource-group my-rg --sku Standard_S1 --unit-count 2');
  for (let index = 20; index < 1001; index++) opened.push(await RawClient.connect(address));
  expect(await negotiateStatus(address)).toBe(200);

  const metrics = JSON.parse(await ok(`metrics list --resource ${ID} --metric ConnectionCount --interval PT1M`));
  const [{ name, timeseries }] = metrics.value;
  expect(name.value).toBe('ConnectionCount');
  const points: { maximum?: number }[] = timeseries[0].data;
  expect(Math.max(...points.map(({ maximum = 0 }) => maximum))).toBe(1001);
});

test('two units admit two thousand and refuse the next, until there is a third', { timeout: 120_000 }, async () => {
  await ok('create -n busy --sku Standard_S1 --unit-count 2');
  const address = addressIn(await ok('key list -n busy --query primaryConnectionString -o tsv'));
  opened.push(await FakeAppServer.connect(address));
  for (let index = 1; index < 2000; index++) opened.push(await RawClient.connect(address));
  expect(await negotiateStatus(address)).toBe(429);
  await ok('update -n busy --unit-count 3');
  expect(await negotiateStatus(address)).toBe(200);
  opened.push(await RawClient.connect(address));
});

describe('verbs', () => {
  test('list, show and delete', async () => {
    await ok(CREATE);
    expect(JSON.parse(await ok('list')).map(({ name }: { name: string }) => name)).toEqual([
      'default',
      'my-signalr-service',
    ]);
    expect(JSON.parse(await ok('list -g my-rg'))).toHaveLength(1);
    expect(await ok('show -n MY-signalr-SERVICE --query properties.provisioningState -o tsv')).toBe('Succeeded\n');
    expect(await ok('delete -n my-signalr-service --yes')).toBe('');
    expect(await signalite('show -n my-signalr-service')).toMatchObject({
      exitCode: 3,
      error: expect.stringContaining("There is no resource 'my-signalr-service'. There are: 'default'."),
    });
  });

  test('keys are renewed, and the old one is refused', async () => {
    await ok(CREATE);
    const key = () => ok('key list -n my-signalr-service --query primaryConnectionString -o tsv');
    const before = addressIn(await key());
    await ok('key renew -n my-signalr-service --key-type primary');
    expect(await negotiateStatus(before)).toBe(401);
    expect(await negotiateStatus(addressIn(await key()))).toBe(200);
  });

  test('stop, start and restart', async () => {
    await ok(CREATE);
    const resource = scene.host.resources.find('my-signalr-service');
    await ok('stop -n my-signalr-service');
    expect(resource?.url).toBeUndefined();
    await ok('start -n my-signalr-service');
    expect(resource?.url).toBeDefined();
    await ok('restart -n my-signalr-service');
    expect(resource?.url).toBeDefined();
  });

  test('cors add, remove, update and list', async () => {
    await ok(`${CREATE} --allowed-origins http://a http://b`);
    await ok('cors add -n my-signalr-service -a http://c http://a');
    await ok('cors remove -n my-signalr-service -a http://b');
    expect(JSON.parse(await ok('cors list -n my-signalr-service'))).toEqual({
      allowedOrigins: ['http://a', 'http://c'],
    });
    await ok('cors update -n my-signalr-service -a *');
    expect(await ok('cors list -n my-signalr-service --query allowedOrigins -o tsv')).toBe('*\n');
  });

  test('upstream update, list and clear', async () => {
    await ok(CREATE);
    await ok(
      'upstream update -n my-signalr-service --template url-template=http://h/{hub}?code=1 hub-pattern=chat url-template=http://g',
    );
    expect(JSON.parse(await ok('upstream list -n my-signalr-service'))).toEqual({
      templates: [{ urlTemplate: 'http://h/{hub}?code=1', hubPattern: 'chat' }, { urlTemplate: 'http://g' }],
    });
    await ok('upstream clear -n my-signalr-service');
    expect(JSON.parse(await ok('upstream list -n my-signalr-service'))).toEqual({ templates: [] });
  });

  test('network rules', async () => {
    await ok(`${CREATE} --default-action Deny`);
    await ok('network-rule update -n my-signalr-service --public-network --allow ClientConnection');
    expect(JSON.parse(await ok('network-rule list -n my-signalr-service'))).toMatchObject({
      defaultAction: 'Deny',
      publicNetwork: { allow: ['ClientConnection'] },
    });
    expect(await signalite('network-rule update -n my-signalr-service --allow RESTAPI')).toMatchObject({ exitCode: 1 });
  });

  test('metrics by a bare name, with dimensions, and their definitions', async () => {
    const counted = JSON.parse(
      await ok('metrics list --resource default --metrics ConnectionCount --dimension Endpoint --aggregation Maximum'),
    );
    expect(
      counted.value[0].timeseries
        .map((one: { metadatavalues: { value: string }[] }) => one.metadatavalues[0]?.value)
        .sort(),
    ).toEqual(['Client', 'Server']);
    expect(await ok('metrics list-definitions --resource default --query "value[0].name.value" -o tsv')).toBe(
      'ConnectionCloseCount\n',
    );
    expect(await signalite('metrics list --resource default --metric Nonsense')).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('(BadRequest) Failed to find metric configuration'),
    });
  });
});

describe('what is printed', () => {
  test.each([
    ['json', '{\n  "allowedOrigins": [\n    "http://a",\n    "http://b"\n  ]\n}\n'],
    ['jsonc', '{\n  "allowedOrigins": [\n    "http://a",\n    "http://b"\n  ]\n}\n'],
    ['yaml', 'allowedOrigins:\n  - http://a\n  - http://b\n'],
    ['tsv', '2\n'],
    ['none', ''],
  ])('-o %s', async (format, expected) => {
    await ok(`${CREATE} -a http://a http://b`);
    expect(await ok(`cors list -n my-signalr-service -o ${format}`)).toBe(expected);
  });

  test('-o table', async () => {
    await ok(CREATE);
    const query = '"[].{name: name, sku: sku.name, units: sku.capacity}"';
    expect(await ok(`list --query ${query} -o table`)).toBe(
      [
        'Name                Sku          Units',
        '------------------  -----------  -----',
        'default             Standard_S1  1',
        'my-signalr-service  Free_F1      1',
        '',
      ].join('\n'),
    );
  });

  test('-o table of resources shows what one wants to see', async () => {
    await ok(CREATE);
    const [head, , , row] = (await ok('list -o table')).split('\n');
    expect(head?.split(/ +/)).toEqual(['Name', 'Location', 'Sku', 'Units', 'Mode', 'State', 'Address']);
    expect(row).toMatch(/^my-signalr-service +eastus +Free_F1 +1 +Default +Succeeded +127\.0\.0\.1:\d+$/);
  });

  test('a query that is none says so', async () => {
    expect(await signalite('list --query "[["')).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('is no JMESPath'),
    });
  });
});

describe('what cannot be done', () => {
  test('when nothing runs, it says how to start', async () => {
    const answer = await signalite('list', { SIGNALITE_CONTROL_URL: 'http://127.0.0.1:1' });
    expect(answer).toEqual({
      exitCode: 1,
      out: '',
      error:
        'error: No signalite runs at http://127.0.0.1:1. Start one in another terminal: signalite start. Or name another with --control-url.\n',
    });
  });

  test.each([
    ['create --name a --sku Free_F1', 1, 'InvalidResourceName'],
    ['create --name abc --sku Gold', 1, 'Free_F1'],
    ['create --name abc --sku Free_F1 --unit-count 2', 1, 'BadRequest'],
    ['create --name abc --sku Free_F1 --service-mode Fast', 1, 'Default, Serverless, Classic'],
    ['delete --name default', 1, 'lives as long as the process'],
    ['create --sku Free_F1', 2, "required option '-n, --name <name>' not specified"],
    ['list --outputt json', 2, 'Did you mean --output?'],
    ['strt', 2, 'Did you mean start?'],
    ['key lst', 2, 'Did you mean list?'],
    ['stop', 2, "required option '-n, --name <name>' not specified"],
  ])('%s', async (line, exitCode, text) => {
    const answer = await signalite(line);
    expect(answer.exitCode).toBe(exitCode);
    expect(answer.error).toContain(text);
  });
});
