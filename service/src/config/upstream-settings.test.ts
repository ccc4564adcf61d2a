// upstream-and-emulator 1.1, 1.2
import { describe, expect, test } from 'vitest';
import {
  describeTemplate,
  publicUrlOf,
  readUpstreamSettings,
  type UpstreamTemplate,
  upstreamTemplatesProblem,
} from './upstream-settings.ts';

const URL_TEMPLATE = 'http://localhost:7071/runtime/webhooks/signalr';

function templatesOf(document: unknown): readonly UpstreamTemplate[] {
  const read = readUpstreamSettings(document);
  if ('problem' in read) throw new Error(read.problem);
  return read.settings.templates;
}

function problemOf(document: unknown): string {
  const read = readUpstreamSettings(document);
  return 'problem' in read ? read.problem : 'none';
}

describe('templates', () => {
  test("in the official emulator's file", () => {
    const template = { UrlTemplate: URL_TEMPLATE, EventPattern: '*', HubPattern: 'a,b', CategoryPattern: null };
    expect(templatesOf({ UpstreamSettings: { Templates: [template] }, Logging: {} })).toEqual([
      { urlTemplate: URL_TEMPLATE, eventPattern: '*', hubPattern: 'a,b', categoryPattern: null },
    ]);
  });

  test('in the shape of Azure Resource Manager', () => {
    const auth = { type: 'ManagedIdentity', managedIdentity: { resource: 'api://app' } } as const;
    const template = { urlTemplate: URL_TEMPLATE, hubPattern: '*', auth };
    expect(templatesOf({ templates: [template] })).toEqual([template]);
  });

  test('are found whatever the case of the names', () => {
    const auth = { TYPE: 'managedidentity', MANAGEDIDENTITY: { RESOURCE: 'r' } };
    expect(templatesOf({ UPSTREAMSETTINGS: { templates: [{ URLTEMPLATE: URL_TEMPLATE, AUTH: auth }] } })).toEqual([
      { urlTemplate: URL_TEMPLATE, auth: { type: 'ManagedIdentity', managedIdentity: { resource: 'r' } } },
    ]);
  });

  test('keep their order', () => {
    const templates = ['http://a/', 'http://b/', 'http://c/'].map((urlTemplate) => ({ urlTemplate }));
    expect(templatesOf({ templates })).toEqual(templates);
  });
});

test.each([
  { document: {}, isGiven: false },
  { document: { Logging: {} }, isGiven: false },
  { document: { templates: [] }, isGiven: false },
  { document: { upstreamSettings: null }, isGiven: false },
  { document: { UpstreamSettings: {} }, isGiven: true },
  { document: { UpstreamSettings: { Templates: null } }, isGiven: true },
  { document: { templates: [{ urlTemplate: 'http://h/' }] }, isGiven: true },
])('$document is about upstreams: $isGiven', ({ document, isGiven }) => {
  expect(readUpstreamSettings(document)).toMatchObject({ settings: { isGiven } });
});

test('secrets stand beside the templates', () => {
  expect(readUpstreamSettings({ UpstreamSettings: {}, Secrets: { 'func-Key': 's' } })).toMatchObject({
    settings: { secrets: { 'func-Key': 's' } },
  });
});

test.each([
  { document: [], problem: 'The document must be an object.' },
  { document: 'text', problem: 'The document must be an object.' },
  { document: { UpstreamSettings: [] }, problem: 'The member upstreamSettings must be an object.' },
  {
    document: { UpstreamSettings: { Templates: {} } },
    problem: 'The member upstreamSettings.templates must be a list.',
  },
  { document: { templates: [1] }, problem: 'Template 1 must be an object.' },
  { document: { templates: [{}] }, problem: 'The urlTemplate of template 1 is missing.' },
  { document: { templates: [{ urlTemplate: 5 }] }, problem: 'The urlTemplate of template 1 must be text.' },
  {
    document: { templates: [{ urlTemplate: 'http://h/' }, { urlTemplate: 'h' }] },
    problem:
      'The urlTemplate of template 2 must be an absolute URL, such as http://localhost:7071/runtime/webhooks/signalr.',
  },
  {
    document: { templates: [{ urlTemplate: 'http://h/', HubPattern: ['a'], EventPattern: 1 }] },
    problem:
      'The hubPattern of template 1 must be text: *, one name, or names with commas between them. ' +
      'The eventPattern of template 1 must be text: *, one name, or names with commas between them.',
  },
  {
    document: { templates: [{ urlTemplate: 'http://h/', auth: { type: 'Basic' } }] },
    problem: 'The auth.type of template 1 must be None or ManagedIdentity.',
  },
  { document: { secrets: { a: 1 } }, problem: 'The member secrets.a must be text.' },
])('$problem', ({ document, problem }) => {
  expect(problemOf(document)).toBe(problem);
});

test('templates that are values are checked alike', () => {
  expect(upstreamTemplatesProblem([{ urlTemplate: 'http://h/{hub}' }])).toBeUndefined();
  expect(upstreamTemplatesProblem([{ urlTemplate: 'h' }])).toMatch(/^The urlTemplate of template 1 must be/);
});

test('what may be a key is left out of descriptions', () => {
  const urlTemplate =
    'https://user:word@h:1/{@Microsoft.KeyVault(SecretUri=https://v/secrets/s)}/{event}?code=secret#more';
  expect(publicUrlOf({ urlTemplate })).toBe('https://h:1/{secret}/{event}');
  expect(describeTemplate({ urlTemplate, hubPattern: 'a,b', eventPattern: null })).toBe(
    'https://h:1/{secret}/{event} (event null, hub a,b, category *)',
  );
});
