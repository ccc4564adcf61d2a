// The OpenAPI document of what is served, made of the route table itself.

import { HUB_NAME_PART_PATTERN } from '@signalite/protocol';
import { z } from 'zod';
import { API_VERSIONS } from './api-family.ts';
import type { QueryName } from './call-query.ts';
import { COMMAND_SCHEMA } from './execute-route.ts';
import { MESSAGE_SCHEMA } from './message-body.ts';
import { MediaType } from './request-body.ts';
import type { AnswerKind, BodyKind } from './route.ts';
import type { ServedRoute } from './route-table.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

const TEXT = { type: 'string' } as const;
const INT32_MAX = 2_147_483_647;
const BYTES = { type: 'string', format: 'binary' } as const;

const PATH_SCHEMAS: Readonly<Record<string, JsonObject>> = {
  hub: { ...TEXT, pattern: HUB_NAME_PART_PATTERN.source },
  group: { ...TEXT, minLength: 1, maxLength: 1024 },
  streamId: { ...TEXT, minLength: 1, maxLength: 100 },
};

const QUERY_SCHEMAS: Readonly<Record<QueryName, JsonObject>> = {
  application: { ...TEXT, pattern: HUB_NAME_PART_PATTERN.source },
  completed: { type: 'boolean', default: false },
  continuationToken: TEXT,
  error: TEXT,
  excluded: { type: 'array', items: TEXT },
  filter: TEXT,
  maxpagesize: { type: 'integer', minimum: 1, maximum: 200, default: 200 },
  minutesToExpire: { type: 'integer', minimum: 1, maximum: INT32_MAX, default: 60 },
  reason: TEXT,
  top: { type: 'integer', minimum: 1, maximum: INT32_MAX },
  ttl: { type: 'integer', minimum: 0, maximum: INT32_MAX },
  userId: TEXT,
};

const BODIES: Readonly<Record<BodyKind, JsonObject>> = {
  call: contentOf({ $ref: '#/components/schemas/Message' }, [MediaType.MessagePack, MediaType.Framed]),
  'json-call': contentOf({ $ref: '#/components/schemas/Message' }),
  item: contentOf({}, [MediaType.MessagePack, MediaType.Framed]),
  commands: contentOf({ type: 'array', items: { $ref: '#/components/schemas/Command' } }),
};

const ANSWERS: Readonly<Record<Exclude<AnswerKind, 'empty'>, JsonObject>> = {
  'service-response': { type: 'object' },
  token: objectOf({ token: TEXT }, ['token']),
  'access-key': objectOf({ KeyId: TEXT, AccessKey: TEXT }, ['KeyId', 'AccessKey']),
  result: objectOf({ result: {}, protocol: TEXT }),
  members: objectOf(
    {
      value: { type: 'array', items: objectOf({ connectionId: TEXT, userId: TEXT }, ['connectionId']) },
      nextLink: { ...TEXT, format: 'uri' },
    },
    ['value'],
  ),
  document: { type: 'object' },
};

/** Describes routes in OpenAPI 3.1. */
export function openApiDocument(served: readonly ServedRoute[]): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const one of served) {
    for (const method of one.route.methods) {
      const path = paths[one.pattern] ?? {};
      path[method.toLowerCase()] = operationOf(one, method);
      paths[one.pattern] = path;
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'signalite data plane',
      version: API_VERSIONS.at(-1) ?? '',
      description: 'The REST API of Azure SignalR Service, as this service answers it.',
    },
    paths,
    components: {
      securitySchemes: { accessKey: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: {
        Message: schemaOf(MESSAGE_SCHEMA),
        Command: schemaOf(COMMAND_SCHEMA),
        ErrorDetail: objectOf({ code: TEXT, message: TEXT, target: TEXT }),
      },
    },
  };
}

function operationOf(served: ServedRoute, method: string): JsonObject {
  const { route, pattern, family } = served;
  const isOpen = route.on === 'service' && route.isAnonymous;
  const words = pattern.match(/\w+/g) ?? [];
  return {
    operationId: [method.toLowerCase(), ...words].join('_'),
    summary: route.summary,
    tags: [family],
    security: isOpen ? [] : [{ accessKey: [] }],
    parameters: parametersOf(served),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: BODIES[route.body] } }),
    responses: responsesOf(served, method === 'HEAD'),
  };
}

function parametersOf({ route, pattern, family }: ServedRoute): JsonObject[] {
  const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: PATH_SCHEMAS[name] ?? TEXT }));
  const inQuery = (route.query ?? []).map((name) => ({ name, in: 'query', schema: QUERY_SCHEMAS[name] }));
  const version = { name: 'api-version', in: 'query', schema: { ...TEXT, examples: API_VERSIONS } };
  return [...inPath, ...inQuery, ...(family === 'dated' ? [version] : [])];
}

function responsesOf({ route, family, success }: ServedRoute, isHead: boolean): JsonObject {
  const problem = problemOf(family, isHead);
  const kind = route.answer ?? 'empty';
  const hasBody = !isHead && kind !== 'empty' && (kind !== 'service-response' || family === 'dated');
  const done = { description: 'Done.', ...(hasBody ? { content: contentOf(ANSWERS[kind]) } : {}) };
  return {
    [success]: done,
    ...(route.missing === undefined ? {} : { 404: { ...problem, description: `\`${route.missing}\`` } }),
    default: problem,
  };
}

function problemOf(family: ServedRoute['family'], isHead: boolean): JsonObject {
  const content =
    family === 'dated' ? contentOf({ $ref: '#/components/schemas/ErrorDetail' }) : { 'text/plain': { schema: TEXT } };
  return {
    description: 'What went wrong; without a body when the token was refused.',
    headers: { 'x-ms-error-code': { schema: TEXT } },
    ...(isHead ? {} : { content }),
  };
}

function contentOf(schema: JsonObject, binary: readonly string[] = []): JsonObject {
  const others = binary.map((type) => [type, { schema: BYTES }] as const);
  return { [MediaType.Json]: { schema }, ...Object.fromEntries(others) };
}

function objectOf(properties: JsonObject, required: readonly string[] = []): JsonObject {
  return { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}

function schemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  const plain: JsonObject = JSON.parse(JSON.stringify(rest));
  return plain;
}
