// upstream-and-emulator 1.2
import { describe, expect, test } from 'vitest';
import type { UpstreamTemplate } from '../config/upstream-settings.ts';
import { readRoutes } from './upstream-routes.ts';

const EVENT = { hub: 'app_chat', category: 'messages', event: 'Send' };

/** The URL template that an event goes to. */
function routeOf(templates: readonly UpstreamTemplate[], event = EVENT): string | undefined {
  const { routes } = readRoutes(templates, () => undefined);
  return routes.find(({ matches }) => matches(event))?.template.urlTemplate;
}

describe('a pattern', () => {
  test.each([
    { pattern: '*', isMatch: true },
    { pattern: undefined, isMatch: true },
    { pattern: 'Send', isMatch: true },
    { pattern: ' Send ', isMatch: true },
    { pattern: 'a, Send ,b', isMatch: true },
    { pattern: 'a,*', isMatch: true },
    { pattern: null, isMatch: false },
    { pattern: '', isMatch: false },
    { pattern: 'send', isMatch: false },
    { pattern: 'Se*', isMatch: false },
    { pattern: 'Sen', isMatch: false },
    { pattern: '.*', isMatch: false },
    { pattern: 'a;Send', isMatch: false },
  ])('$pattern matches the event Send: $isMatch', ({ pattern, isMatch }) => {
    const templates = [{ urlTemplate: 'http://h/', eventPattern: pattern }];
    expect(routeOf(templates)).toBe(isMatch ? 'http://h/' : undefined);
  });

  test.each(['app_chat', 'App_Chat', 'x,APP_CHAT'])('%s matches the hub app_chat: case is no matter', (hubPattern) => {
    expect(routeOf([{ urlTemplate: 'http://h/', hubPattern }])).toBe('http://h/');
  });

  test.each(['Messages', 'connections', null])('%s does not match the category messages', (categoryPattern) => {
    expect(routeOf([{ urlTemplate: 'http://h/', categoryPattern }])).toBeUndefined();
  });

  test('that is empty matches an empty name', () => {
    expect(routeOf([{ urlTemplate: 'http://h/', eventPattern: '' }], { ...EVENT, event: '' })).toBe('http://h/');
  });
});

test('the first template whose three patterns match wins', () => {
  const templates = [
    { urlTemplate: 'http://other-hub/', hubPattern: 'other' },
    { urlTemplate: 'http://other-event/', eventPattern: 'Other' },
    { urlTemplate: 'http://first/', hubPattern: 'app_chat' },
    { urlTemplate: 'http://second/', hubPattern: 'app_chat' },
  ];
  expect(routeOf(templates)).toBe('http://first/');
  expect(routeOf(templates.slice(0, 2))).toBeUndefined();
});

test('a template whose secret nobody knows matches nothing', () => {
  const secret = {
    urlTemplate: 'http://h/?code={@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/k)}',
  };
  const templates = [secret, { urlTemplate: 'http://next/' }];
  expect(routeOf(templates)).toBe('http://next/');
  expect(readRoutes(templates, () => undefined).missing).toEqual([{ template: secret, secret: 'k' }]);
  expect(readRoutes(templates, () => 'value').missing).toEqual([]);
});
