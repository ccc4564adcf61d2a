import { describe, expect, test } from 'vitest';
import {
  APPLICATION_NAME_PATTERN,
  accessKeyUrl,
  audienceFor,
  clientUrl,
  HUB_NAME_PART_PATTERN,
  HUB_NAME_PATTERN,
  healthUrl,
  hubKey,
  NEWEST_REST_API_VERSION,
  restHubUrl,
  serverUrl,
} from './endpoint-paths.ts';

describe('hubKey', () => {
  test.each([
    [undefined, 'ChatHub', 'chathub'],
    ['', 'ChatHub', 'chathub'],
    ['MyApp', 'ChatHub', 'myapp_chathub'],
  ])('of %s and %s is %s', (application, hub, key) => {
    expect(hubKey(application, hub)).toBe(key);
  });
});

describe('hub names', () => {
  test.each(['a', 'Chat_1', 'Hub`1[System.Int32,x]', 'a'.repeat(128)])('%s is one', (name) => {
    expect(HUB_NAME_PART_PATTERN.test(name)).toBe(true);
    expect(HUB_NAME_PATTERN.test(name)).toBe(true);
  });

  test.each(['', '1a', '_a', 'a-b', 'a b', 'ä', 'a\n'])('"%s" is none', (name) => {
    expect(HUB_NAME_PART_PATTERN.test(name)).toBe(false);
    expect(HUB_NAME_PATTERN.test(name)).toBe(false);
  });

  test('the query takes two names and what joins them', () => {
    expect(HUB_NAME_PART_PATTERN.test('a'.repeat(129))).toBe(false);
    expect(HUB_NAME_PATTERN.test('a'.repeat(257))).toBe(true);
    expect(HUB_NAME_PATTERN.test('a'.repeat(258))).toBe(false);
  });

  test.each([
    ['App_1', true],
    ['1App', false],
    ['App.1', false],
    ['', false],
  ])('"%s" as application name: %s', (name, valid) => {
    expect(APPLICATION_NAME_PATTERN.test(name)).toBe(valid);
  });
});

describe('audienceFor', () => {
  test('is the URL without port and in lower case', () => {
    expect(audienceFor('server', 'http://127.0.0.1/', 'MyApp_ChatHub')).toBe(
      'http://127.0.0.1/server/?hub=myapp_chathub',
    );
    expect(audienceFor('client', 'https://h/', 'chathub')).toBe('https://h/client/?hub=chathub');
  });
});

describe('clientUrl', () => {
  test('is as the Azure SDK writes it', () => {
    const url = clientUrl('http://127.0.0.1:18888/', 'MyApp_ChatHub', {
      originalPath: '/chat',
      originalQuery: '?negotiateVersion=1&foo=bar',
      requestId: 'bvAcQEIBAAA=',
    });
    expect(url).toBe(
      'http://127.0.0.1:18888/client/?hub=myapp_chathub&asrs.op=%2Fchat&negotiateVersion=1&foo=bar&asrs_request_id=bvAcQEIBAAA%3D',
    );
  });

  test('holds only what is known', () => {
    expect(clientUrl('https://h/pre/', 'chat')).toBe('https://h/pre/client/?hub=chat');
    expect(clientUrl('https://h/', 'chat', { originalPath: '', originalQuery: '?' })).toBe(
      'https://h/client/?hub=chat',
    );
  });
});

describe('serverUrl', () => {
  test.each([
    ['http://h:1/', 'ws://h:1/server/?hub=chat&cid=c'],
    ['https://h/', 'wss://h/server/?hub=chat&cid=c'],
  ])('of %s is %s', (endpoint, url) => {
    expect(serverUrl(endpoint, 'Chat', { connectionId: 'c' })).toBe(url);
  });

  test('names the instance that asked for it', () => {
    expect(serverUrl('https://h/', 'chat', { connectionId: 'c', target: 'a b' })).toBe(
      'wss://h/server/?hub=chat&cid=c&target=a%20b',
    );
  });
});

describe('REST URLs', () => {
  test('have the application in the query', () => {
    expect(restHubUrl('https://h/', { hub: 'Chat' })).toBe('https://h/api/hubs/chat?api-version=2022-06-01');
    expect(restHubUrl('https://h/', { hub: 'chat', applicationName: 'App', path: '/users/bob/:send' })).toBe(
      'https://h/api/hubs/chat/users/bob/:send?application=app&api-version=2022-06-01',
    );
    expect(restHubUrl('https://h/', { hub: 'chat', apiVersion: NEWEST_REST_API_VERSION })).toBe(
      'https://h/api/hubs/chat?api-version=2024-12-01',
    );
  });

  test('of the service itself', () => {
    expect(healthUrl('https://h/')).toBe('https://h/api/health?api-version=2022-06-01');
    expect(accessKeyUrl('https://h/')).toBe('https://h/api/v1/auth/accessKey');
  });
});
