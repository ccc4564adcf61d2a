// Fits what a client sent to the parameters of a hub method (client-protocol 3.3, 3.5).
import type { InvocationMessage, StreamInvocationMessage } from '@signalite/protocol';
import {
  argumentsNotBound,
  plainMethodStreamed,
  streamingMethodInvoked,
  wrongArgumentCount,
  wrongStreamCount,
} from './error-text.ts';
import type { HubMethod } from './hub-method.ts';
import { describeIssues, type StandardSchema } from './standard-schema.ts';

type Invocation = InvocationMessage | StreamInvocationMessage;

/** Arguments that a schema accepted, or the text that refuses them. */
export type SchemaOutcome =
  | { readonly args: readonly unknown[]; readonly refusal?: undefined }
  | { readonly refusal: string };

/** Why the number of arguments is wrong; undefined when it is right. */
export function countRefusal(message: Invocation, method: HubMethod, isDetailed: boolean): string | undefined {
  const { parameterCount, uploads } = method;
  if (parameterCount === undefined) return undefined;
  const streams = uploads?.length ?? Math.min(message.streamIds?.length ?? 0, parameterCount);
  const counts = { given: message.arguments.length, expected: parameterCount - streams };
  return counts.given === counts.expected ? undefined : wrongArgumentCount(message.target, counts, isDetailed);
}

/** Why the method cannot be called in this way; undefined when it can, or when only its result will tell. */
export function kindRefusal({ type, target }: Invocation, { returns }: HubMethod): string | undefined {
  if (type === 1 && returns === 'stream') return streamingMethodInvoked(target);
  return type === 4 && returns === 'value' ? plainMethodStreamed(target) : undefined;
}

/** Asks the schema of a method. */
export async function checkSchema(
  schema: StandardSchema,
  { target, arguments: args }: Invocation,
  isDetailed: boolean,
): Promise<SchemaOutcome> {
  const result = await schema['~standard'].validate(args);
  if (result.issues !== undefined) {
    return { refusal: argumentsNotBound(target, describeIssues(result.issues), isDetailed) };
  }
  if (Array.isArray(result.value)) return { args: result.value };
  return { refusal: argumentsNotBound(target, 'The schema did not give a list.', isDetailed) };
}

/** The parameters in their order: arguments, and streams where the method wants them. Throws a `HubException`. */
export function withUploads(
  args: readonly unknown[],
  method: HubMethod,
  streams: readonly unknown[],
): readonly unknown[] {
  // Nearly every call.
  if (streams.length === 0 && method.uploads === undefined) return args;
  const positions = uploadPositions(method, streams.length);
  if (positions.length !== streams.length) {
    throw wrongStreamCount({ given: streams.length, expected: positions.length });
  }
  const parameters = [...args];
  for (const [index, position] of positions.entries())
    parameters.splice(position ?? parameters.length, 0, streams[index]);
  return parameters;
}

/** Positions in ascending order; undefined stands for the end. */
function uploadPositions({ uploads, parameterCount }: HubMethod, given: number): readonly (number | undefined)[] {
  if (uploads !== undefined) return uploads.map(({ position }) => position);
  const taken = parameterCount === undefined ? given : Math.min(given, parameterCount);
  return Array.from({ length: taken });
}
