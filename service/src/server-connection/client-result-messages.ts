import type {
  ClientCompletionMessage,
  ClientInvocationMessage,
  ErrorCompletionMessage,
} from '@signalite/protocol/service';
import type { ResultOutcome } from '../hub/client-results.ts';
import type { HubServer, ResultAddress } from '../hub/server-link.ts';
import type { MessageHost } from './message-host.ts';
import type { ServerOutbox } from './server-outbox.ts';
import { settle } from './settle.ts';

/** An app server asks a client for a result, wherever that client is (service-protocol 9). */
export function invokeClient(host: MessageHost, message: ClientInvocationMessage): void {
  const { invocationId, connectionId, callerServerId, payloads, tracingId } = message;
  const { isRouted, outcome } = host.lane.invoke({
    invocationId,
    connectionId,
    callerServerId: host.identity.serverId,
    payloads,
  });
  if (isRouted) {
    host.outbox.append({ type: 37, invocationId, connectionId, instanceId: host.context.instanceId });
  }
  const address = { invocationId, connectionId, callerServerId, tracingId };
  settle(
    host,
    outcome.then((result) => answering(host)?.answerResult(address, result)),
  );
}

/** The connection that asked; when it is gone meanwhile, another one of the same app server. */
function answering(host: MessageHost): Pick<HubServer, 'answerResult'> | undefined {
  return host.state.name === 'open' ? host : host.context.hub.servers.connectionOf(host.identity.serverId);
}

/** Writes the end of a client result to its caller. A result that was delivered needs no word. */
export function writeResult(outbox: ServerOutbox, address: ResultAddress, outcome: ResultOutcome): void {
  const { tracingId, ...named } = address;
  const about = { ...named, ...(tracingId === undefined ? {} : { tracingId }) };
  if (outcome.kind === 'failed') outbox.append({ type: 36, ...about, error: outcome.error });
  else if (outcome.kind === 'completed') {
    outbox.append({ type: 35, ...about, protocol: outcome.protocol, payload: outcome.payload });
  }
}

/** An app server reports the result of a client that it holds. */
export function reportResult(host: MessageHost, message: ClientCompletionMessage | ErrorCompletionMessage): void {
  host.lane.completeInvoke(message.invocationId, message.connectionId, outcomeOf(message));
}

function outcomeOf(message: ClientCompletionMessage | ErrorCompletionMessage): ResultOutcome {
  if (message.type === 36) return { kind: 'failed', why: 'reported', error: message.error };
  // Empty: the server that reports is the one that asked, and it has the answer already.
  if (message.payload.length === 0) return { kind: 'delivered' };
  // A copy: the answer is written after the turn of the bytes it was read from.
  return { kind: 'completed', protocol: message.protocol, payload: message.payload.slice() };
}
