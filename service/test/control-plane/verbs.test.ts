// The command line's verbs, on a running process.
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeAppServer } from '../support/fake-app-server.ts';
import { type HostScene, startScene } from '../support/host-scene.ts';
import { httpRequest } from '../support/http-request.ts';
import { clientToken, RawClient } from '../support/raw-client.ts';
import { expectSuccess, runSignalite } from '../support/run-signalite.ts';
import { opened } from '../support/scene.ts';
import type { ServiceAddress } from '../support/service-address.ts';

const ID = '/subscriptions/0000/resourceGroups/my-rg/providers/Microsoft.SignalRService/SignalR/my-signalr-service';
const CREATE =
  'create --name my-signalr-service --resource-group my-rg --location eastus --sku Free_F1 --service-mode Default';

let scene: HostScene;
beforeEach(async () => {
  scene = await startScene({ control: { port: 0 } });
});

const signalite = (line: string, variables?: Readonly<Record<string, string>>) => runSignalite(scene, line, variables);
const ok = (line: string) => expectSuccess(scene, line);

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
    expect(await ok('show -n MY-signalr-SERVICE --query provisioningState -o tsv')).toBe('Succeeded\n');
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
    await ok('cors remove -n my-signalr-service -a http://a http://c');
    expect(await ok('cors list -n my-signalr-service --query allowedOrigins -o tsv')).toBe('*\n');
    await ok('cors update -n my-signalr-service -a http://d');
    expect(await ok('cors list -n my-signalr-service --query allowedOrigins -o tsv')).toBe('http://d\n');
    await ok('cors update -n my-signalr-service -a *');
    expect(await ok('cors list -n my-signalr-service --query allowedOrigins -o tsv')).toBe('*\n');
  });

  test('upstream update, list and clear', async () => {
    await ok(CREATE);
    await ok(
      'upstream update -n my-signalr-service --template hub-pattern=chat url-template=http://h/{hub}?code=1 --template url-template=http://g',
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
    expect(await ok('update -n my-signalr-service --default-action Allow --query networkAcLs -o json')).toBe(
      await ok('network-rule list -n my-signalr-service'),
    );
    await ok('network-rule update -n my-signalr-service --public-network --deny RESTAPI');
    expect(JSON.parse(await ok('network-rule list -n my-signalr-service'))).toEqual({
      defaultAction: 'Allow',
      publicNetwork: { allow: [], deny: ['RESTAPI'] },
    });
    expect(await signalite('network-rule update -n my-signalr-service --allow RESTAPI')).toMatchObject({ exitCode: 2 });
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
    expect(await ok('metrics list-definitions --resource default --query "[0].name.value" -o tsv')).toBe(
      'ConnectionCloseCount\n',
    );
    expect(await signalite('metrics list --resource default --metric Nonsense')).toMatchObject({
      exitCode: 1,
      error: expect.stringContaining('(BadRequest) Failed to find metric configuration'),
    });
  });
});

test('members are where az has them', async () => {
  expect(await ok(`${CREATE} --query hostName -o tsv`)).toBe('127.0.0.1\n');
  const shown = JSON.parse(await ok('show -n my-signalr-service'));
  expect(shown).toMatchObject({
    resourceGroup: 'my-rg',
    provisioningState: 'Succeeded',
    networkAcLs: { defaultAction: 'Allow' },
    features: [
      { flag: 'ServiceMode', value: 'Default' },
      { flag: 'EnableMessagingLogs', value: 'False' },
    ],
  });
  expect(shown).not.toHaveProperty('properties');
});

test('--ids instead of names', async () => {
  await ok('create -n one -g a --sku Free_F1');
  await ok('create -n two -g b --sku Free_F1');
  const [one = '', two = ''] = (await ok(`list --query "[?name!='default'].id" -o tsv`)).trim().split('\n');
  expect(JSON.parse(await ok(`show --ids ${one}`))).toMatchObject({ name: 'one' });
  expect(await ok(`show --ids ${one} ${two} --query [].name -o tsv`)).toBe('one\ntwo\n');
  expect(await ok(`delete --ids ${one} ${two}`)).toBe('');
  expect(await ok('list --query [].name -o tsv')).toBe('default\n');
  expect(await signalite('delete --ids two')).toMatchObject({ exitCode: 2 });
});

test('flags of truth need no value, tags can be emptied', async () => {
  await ok(CREATE);
  const query = '"[disableLocalAuth, tags.a]" -o tsv';
  expect(await ok(`update -n my-signalr-service --disable-local-auth --tags a=1=2 b --query ${query}`)).toBe(
    'true\n1=2\n',
  );
  expect(await ok(`update -n my-signalr-service --disable-local-auth False --tags "" --query ${query}`)).toBe(
    'false\nNone\n',
  );
});

describe('times of metrics', () => {
  test('in the short form, forwards from a start that stands alone', async () => {
    const start = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 7_200_000).toISOString();
    const answer = JSON.parse(
      await ok(`metrics list --resource default -g default --interval 5m --start-time ${start} --offset 10m`),
    );
    const [from, to] = answer.timespan.split('/').map(Date.parse);
    expect(from).toBe(Date.parse(start));
    // The minute in which the end lies is included.
    expect(to - from).toBe(11 * 60_000);
    expect(answer.interval).toBe('PT5M');
  });

  test('in tables', async () => {
    const metrics = await ok(
      'metrics list --resource default --metric ConnectionCount --dimension Endpoint --aggregation Maximum --offset 1m -o table',
    );
    expect(metrics).toMatch(/^Timestamp +Name +Endpoint +Maximum\n-+ /);
    expect(metrics).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:00 +Connection Count +Client/m);
    const definitions = await ok('metrics list-definitions --resource default -o table');
    expect(definitions).toMatch(/^Display Name +Metric Name +Unit +Type +Dimension Required +Dimensions\n/);
    expect(definitions).toMatch(/^Connection Count +ConnectionCount +Count +Maximum +False +Endpoint$/m);
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
      exitCode: 2,
      error: expect.stringContaining('is no JMESPath'),
    });
    expect((await signalite(`${CREATE} --query "[["`)).exitCode).toBe(2);
    expect(await ok('list --query [].name -o tsv')).toBe('default\n');
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

  test('when something else answers, it says so', async () => {
    const SIGNALITE_CONTROL_URL = scene.host.service.url ?? '';
    expect(await signalite('list', { SIGNALITE_CONTROL_URL })).toMatchObject({
      exitCode: 1,
      out: '',
      error: expect.stringContaining('is no control port of signalite'),
    });
  });

  test.each([
    ['create --name a --sku Free_F1', 1, 'InvalidResourceName'],
    ['create --name abc --sku Gold', 1, 'Free_F1'],
    ['create --name abc --sku Free_F1 --unit-count 2', 1, 'BadRequest'],
    ['create --name abc --sku Free_F1 --service-mode Fast', 1, 'Default, Serverless, Classic'],
    ['delete --name default', 1, 'lives as long as the process'],
    ['create --sku Free_F1', 2, "required option '-n, --name <name>' not specified"],
    ['update --name default --unit-count two', 2, 'It must be a whole number.'],
    ['update --name default --enable-message-logs maybe', 2, 'It must be true or false.'],
    ['upstream update --name default --template hub-pattern=a hub-pattern=b', 2, 'Begin another: --template'],
    ['upstream update --name default --template url=a', 2, 'A template is made of url-template='],
    ['metrics list --resource default --interval 7m', 2, 'It must be one of PT1M'],
    ['metrics list --resource default --dimension Endpoint --filter x', 2, 'not both'],
    ['upstream list --name default -o table', 1, 'This is no table'],
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
