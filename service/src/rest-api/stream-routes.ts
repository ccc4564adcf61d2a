import type { Payload } from '@signalite/protocol/service';
import { completionPayloads } from './hub-payloads.ts';
import { readItemBody } from './message-body.ts';
import type { HubCall } from './rest-call.ts';
import { noSuchConnection } from './rest-problem.ts';
import { type HubRoute, hubRoute } from './route.ts';

const NO_CONNECTION = 'Error.Connection.NotExisted';
const STREAM = {
  methods: ['POST'],
  success: { dated: 202, v1: 202 },
  answer: 'service-response',
  missing: NO_CONNECTION,
} as const;

/** Items for a stream that a client asked for (rest-api 7.9). */
export const STREAM_ROUTES: readonly HubRoute[] = [
  hubRoute('/connections/{connectionId}/streams/{streamId}/:send', {
    ...STREAM,
    summary: 'Send an item of a stream to the client that asked for it',
    query: ['application', 'completed'],
    body: 'item',
    handle: async (call) => {
      const isLast = call.query.flag('completed');
      const { streamId } = call.parameters;
      const item = readItemBody(await call.readBody(), streamId);
      await sendAll(call, isLast ? [item, completionPayloads(streamId)] : [item]);
      return undefined;
    },
  }),
  hubRoute('/connections/{connectionId}/streams/{streamId}/:complete', {
    ...STREAM,
    summary: 'End a stream, with an error or without',
    query: ['application', 'reason', 'error'],
    handle: async (call) => {
      const error = call.query.text('error') ?? call.query.text('reason');
      await sendAll(call, [completionPayloads(call.parameters.streamId, error)]);
      return undefined;
    },
  }),
];

/** One message after the other, all of them or none: nothing comes between the question and the sends. */
async function sendAll({ lane, parameters }: HubCall<'connectionId'>, messages: readonly (readonly Payload[])[]) {
  const { connectionId } = parameters;
  if (!(await lane.check({ exists: 'connection', connectionId }))) throw noSuchConnection(NO_CONNECTION, connectionId);
  for (const payloads of messages)
    lane.send({ target: { to: 'connections', connectionIds: [connectionId] }, payloads });
}
