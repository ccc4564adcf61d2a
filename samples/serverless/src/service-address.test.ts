import { expect, test } from 'vitest';
import { readConnectionString } from './service-address.ts';

test('a connection string names the service and its key', () => {
  expect(readConnectionString('Endpoint=http://localhost;Port=8888;AccessKey=a+b/c==;Version=1.0;')).toEqual({
    clientUrl: 'http://localhost:8888/',
    restUrl: 'http://localhost:8888/',
    accessKey: 'a+b/c==',
  });
});

test('members count without case, and clients and calls may have endpoints of their own', () => {
  const text =
    'endpoint=https://x.service.signalr.net/;accesskey=k;ClientEndpoint=https://edge.example/pre;ServerEndpoint=http://inside:81';
  expect(readConnectionString(text)).toEqual({
    clientUrl: 'https://edge.example/pre/',
    restUrl: 'http://inside:81/',
    accessKey: 'k',
  });
});

test.each([
  { text: '', problem: 'needs an Endpoint' },
  { text: 'AccessKey=secret', problem: 'needs an Endpoint' },
  { text: 'Endpoint=http://localhost;AuthType=azure', problem: 'needs an AccessKey' },
  { text: 'Endpoint=nowhere;AccessKey=secret', problem: 'The Endpoint of the connection string is no URL.' },
])('of "$text" it says: $problem', ({ text, problem }) => {
  expect(() => readConnectionString(text)).toThrow(problem);
  expect(() => readConnectionString(text)).not.toThrow('secret');
});
