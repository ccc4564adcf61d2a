// upstream-and-emulator 1.3
import { describe, expect, test } from 'vitest';
import {
  escapeAsComponent,
  fillUrlTemplate,
  openUrlTemplate,
  parseUrlTemplate,
  urlTemplateProblem,
} from './url-template.ts';

const VALUES = { hub: 'app_chat', category: 'messages', event: 'a/b c' };
const SECRET = '{@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/func-key)}';

function urlOf(template: string, values = VALUES, secrets: Record<string, string> = {}): string | undefined {
  const { open } = openUrlTemplate(parseUrlTemplate(template), (name) => secrets[name]);
  return fillUrlTemplate(open, values)?.href;
}

test('parameters are escaped as one component each', () => {
  expect(urlOf('http://h/{hub}/api/{category}/{event}?e={event}')).toBe(
    'http://h/app_chat/api/messages/a%2Fb%20c?e=a%2Fb%20c',
  );
});

test('what else stands in braces stays', () => {
  expect(urlOf('http://h/x?a={Hub}&b={id}')).toBe('http://h/x?a={Hub}&b={id}');
});

test('a value is not looked through for parameters', () => {
  expect(urlOf('http://h/{event}/{hub}', { ...VALUES, event: '{hub}' })).toBe('http://h/%7Bhub%7D/app_chat');
});

test.each(['.', '..'])('a value of %s makes no URL: it would lead to another path', (event) => {
  expect(urlOf('http://h/{hub}/{event}', { ...VALUES, event })).toBeUndefined();
});

test('nor does a value that no host can have', () => {
  expect(urlOf('http://{event}.example/')).toBeUndefined();
});

test('escaping is that of .NET', () => {
  expect(escapeAsComponent("aZ09-._~!'()*+ /?&=%é\u{1F600}")).toBe(
    'aZ09-._~%21%27%28%29%2A%2B%20%2F%3F%26%3D%25%C3%A9%F0%9F%98%80',
  );
  expect(escapeAsComponent('a\uD800b')).toBe('a%EF%BF%BDb');
});

describe('a secret', () => {
  test('stands in the URL as it is, wherever it is referred to', () => {
    expect(urlOf(`http://h/?code=${SECRET}&e={event}`, VALUES, { 'func-key': 'a+/b==' })).toBe(
      'http://h/?code=a+/b==&e=a%2Fb%20c',
    );
    expect(urlOf(`${SECRET}/{hub}`, VALUES, { 'func-key': 'https://h/api' })).toBe('https://h/api/app_chat');
  });

  test('may be named with its version', () => {
    const versioned = SECRET.replace('func-key', 'func-key/0123abc');
    expect(urlOf(`http://h/${versioned}`, VALUES, { 'func-key': 's' })).toBe('http://h/s');
  });

  test('that is not there is told', () => {
    expect(openUrlTemplate(parseUrlTemplate(`http://h/${SECRET}`), () => undefined).missing).toEqual(['func-key']);
  });
});

test.each([
  'http://localhost:7071/runtime/webhooks/signalr',
  'https://h/{hub}/{category}/{event}?code=1',
  'http://{hub}.example/',
  `http://h/?code=${SECRET}`,
  `${SECRET}/api`,
])('%s will do', (template) => {
  expect(urlTemplateProblem(template)).toBeUndefined();
});

test.each([
  { template: '', problem: /^must be an absolute URL/ },
  { template: 'localhost:7071/api', problem: /^must be an absolute URL/ },
  { template: '/api/{event}', problem: /^must be an absolute URL/ },
  { template: 'ftp://h/', problem: /^must be an absolute URL/ },
  { template: 'http://', problem: /^must be an absolute URL/ },
  { template: 'http://h/?code={@Microsoft.KeyVault(VaultName=v;SecretName=s)}', problem: /^must name a secret as \{@/ },
  { template: `${SECRET}/{@Microsoft.KeyVault(SecretUri=https://v/keys/k)}`, problem: /^must name a secret as \{@/ },
])('"$template" will not', ({ template, problem }) => {
  expect(urlTemplateProblem(template)).toMatch(problem);
});
