import {
  type ConnectionFlowControlMessage,
  FlowControlOperation,
  FlowControlTarget,
} from '@signalite/protocol/service';
import type { MessageHost } from './message-host.ts';

/** An app server only answers pauses; everything else of flow control is the service's to say (service-protocol 10.2). */
export function handleFlowControl(host: MessageHost, message: ConnectionFlowControlMessage): void {
  const { connectionId, target, operation, type: messageType } = message;
  const isAnswer = target === FlowControlTarget.Client && operation === FlowControlOperation.PauseAck;
  if (isAnswer && host.pauseAnswered(connectionId)) return;
  if (!host.ignored.count(messageType)) return;
  const { events, hub } = host.context;
  const { serverConnectionId } = host.identity;
  const reason = 'Nobody asked for it.';
  events.emit({ name: 'serverMessageIgnored', hub: hub.key, serverConnectionId, messageType, reason });
}
