// The OpenAPI document says what is served: no more, no less.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { httpRequest } from './support/http-request.ts';
import { RestScene } from './support/rest-scene.ts';

const PARAMETER = z.object({ name: z.string(), in: z.enum(['path', 'query']) });
const OPERATION = z.object({
  operationId: z.string(),
  summary: z.string().min(1),
  security: z.array(z.object({})),
  parameters: z.array(PARAMETER),
  requestBody: z.object({ content: z.record(z.string(), z.unknown()) }).optional(),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), z.unknown()).optional() })),
});
const DOCUMENT = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), OPERATION)),
});
const METHODS = ['get', 'head', 'post', 'put', 'delete', 'patch'] as const;

/** What rest-api 4 lists, without what differs by method only. */
const LISTED = [
  '/api/health',
  '/api/auth/accessKey',
  '/api/v1/auth/accessKey',
  '/api/v1/health',
  '/api/hubs/{hub}/:send',
  '/api/hubs/{hub}/:closeConnections',
  '/api/hubs/{hub}/:generateToken',
  '/api/hubs/{hub}/:execute',
  '/api/hubs/{hub}/connections/{connectionId}',
  '/api/hubs/{hub}/connections/{connectionId}/:send',
  '/api/hubs/{hub}/connections/{connectionId}/:invoke',
  '/api/hubs/{hub}/connections/{connectionId}/groups',
  '/api/hubs/{hub}/connections/{connectionId}/streams/{streamId}/:send',
  '/api/hubs/{hub}/connections/{connectionId}/streams/{streamId}/:complete',
  '/api/hubs/{hub}/groups/{group}',
  '/api/hubs/{hub}/groups/{group}/:send',
  '/api/hubs/{hub}/groups/{group}/:closeConnections',
  '/api/hubs/{hub}/groups/{group}/connections',
  '/api/hubs/{hub}/groups/{group}/connections/{connectionId}',
  '/api/hubs/{hub}/connections/{connectionId}/groups/{group}',
  '/api/hubs/{hub}/users/{user}',
  '/api/hubs/{hub}/users/{user}/:send',
  '/api/hubs/{hub}/users/{user}/:closeConnections',
  '/api/hubs/{hub}/users/{user}/groups',
  '/api/hubs/{hub}/users/{user}/groups/{group}',
  '/api/v1/hubs/{hub}',
  '/api/v1/hubs/{hub}/users/{user}',
  '/api/v1/hubs/{hub}/connections/{connectionId}',
  '/api/v1/hubs/{hub}/groups/{group}',
  '/api/v1/hubs/{hub}/groups/{group}/users/{user}',
  '/api/v1-preview/hub/{hub}',
  '/api/v1-preview/hub/{hub}/user/{user}',
  '/api/v1-preview/hub/{hub}/users/{users}',
  '/api/v1-preview/hub/{hub}/group/{group}',
  '/api/v1-preview/hub/{hub}/groups/{groups}',
];

let scene: RestScene;
let paths: z.infer<typeof DOCUMENT>['paths'];

beforeAll(async () => {
  scene = await RestScene.start();
  const answer = await httpRequest(scene.service, { path: '/api/openapi.json' });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  ({ paths } = DOCUMENT.parse(JSON.parse(answer.text)));
});

afterAll(() => scene[Symbol.asyncDispose]());

function operations() {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

test('every path that is listed is in it, and under v1 as well', () => {
  for (const path of LISTED) expect(paths).toHaveProperty([path]);
  for (const path of Object.keys(paths).filter((one) => one.startsWith('/api/hubs/'))) {
    expect(paths).toHaveProperty([path.replace('/api/', '/api/v1/')]);
  }
});

test('operations have names of their own, and parameters as their paths have', () => {
  const all = operations();
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length);
  for (const { path, operation } of all) {
    const inPath = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
    expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
  }
});

test('what it says is served, with the status and the kind of body that it says', async () => {
  const SAMPLES: Record<string, string> = { '{hub}': 'chat', '{groups}': 'a,b', '{users}': 'a,b' };
  for (const { path, method, operation } of operations()) {
    const concrete = path.replaceAll(/\{\w+\}/g, (name) => SAMPLES[name] ?? 'x');
    const json = path.endsWith(':execute') ? [] : { target: 'm' };
    const body = operation.requestBody === undefined ? {} : { json };
    const answer = await scene.call(`${method.toUpperCase()} ${concrete}`, body);
    const described = operation.responses[answer.status] ?? operation.responses['default'];
    const where = `${method} ${path}: ${answer.status}`;
    if (operation.responses[answer.status] === undefined) expect(where).toMatch(/accessKey: 403$/);
    const type = answer.headers['content-type']?.replace(/;.*/, '');
    expect([where, Object.keys(described?.content ?? {})]).toEqual([where, type === undefined ? [] : [type]]);
  }
});

test('tokens are needed where it says so', async () => {
  for (const { path, method, operation } of operations()) {
    const concrete = path.replaceAll(/\{\w+\}/g, 'x');
    const { status } = await scene.call(`${method.toUpperCase()} ${concrete}`, { token: '' });
    expect([path, method, status === 401]).toEqual([path, method, operation.security.length > 0]);
  }
});

describe('what it does not say', () => {
  test('is not served: other methods', async () => {
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of METHODS.filter((one) => !Object.hasOwn(methods, one))) {
        const answer = await scene.call(`${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, 'x')}`);
        expect([path, method, answer.status]).toEqual([path, method, 405]);
      }
    }
  });

  test('is not served: other paths', async () => {
    for (const path of Object.keys(paths)) {
      const concrete = path.replaceAll(/\{\w+\}/g, 'x');
      expect((await scene.call(`GET ${concrete}/nothing/nothing/nothing`)).status).toBe(404);
    }
  });
});

test('bodies of sends may be JSON, MessagePack, or ready messages', () => {
  const send = paths['/api/hubs/{hub}/:send']?.['post'];
  expect(Object.keys(send?.requestBody?.content ?? {})).toEqual([
    'application/json',
    'application/x-msgpack',
    'application/octet-stream',
  ]);
});
