import { type HandshakeRequestMessage, MigrationLevel, ServerConnectionType } from '@signalite/protocol/service';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import type { MessageHost } from './message-host.ts';

const PROTOCOL_VERSION = 1;
/** For app servers where clients need none (upstream-and-emulator 6.2). */
export const NOT_IN_SERVERLESS = 'Server connection is not allowed in Serverless mode.';

/** Answers the handshake request of an app server (service-protocol 5). */
export function handleHandshake(host: MessageHost, message: HandshakeRequestMessage): void {
  if (host.state.name !== 'handshaking') {
    const text = 'A handshake request came twice.';
    host.close(text, CloseReasons.serverConnectionLost, text);
    return;
  }
  const refusal = refusalOf(host, message);
  const { events, hub } = host.context;
  const { serverId, serverConnectionId } = host.identity;
  if (refusal !== undefined) {
    if (host.context.isFirstRefusal(serverId)) {
      events.emit({ name: 'serverRefused', hub: hub.key, serverId, serverConnectionId, reason: refusal });
    }
    host.outbox.append({ type: 2, error: refusal });
    host.close(refusal, CloseReasons.serverConnectionLost);
    return;
  }
  const type = connectionTypeOf(message.connectionType) ?? ServerConnectionType.Default;
  const generation = message.allowStatefulReconnects === undefined ? 'old' : 'new';
  host.outbox.append({ type: 2, connectionId: serverConnectionId });
  host.opened({
    type,
    generation,
    migrationLevel:
      message.migrationLevel >= MigrationLevel.ShutdownOnly ? MigrationLevel.ShutdownOnly : MigrationLevel.Off,
    allowStatefulReconnects: message.allowStatefulReconnects === true,
  });
  const kind = KIND_NAMES[type];
  events.emit({ name: 'serverConnected', hub: hub.key, serverId, serverConnectionId, kind, generation });
}

const KIND_NAMES: Readonly<Record<ServerConnectionType, string>> = { 0: 'default', 1: 'on-demand', 2: 'weak' };

function connectionTypeOf(value: number): ServerConnectionType | undefined {
  return Object.values(ServerConnectionType).find((type) => type === value);
}

function refusalOf(host: MessageHost, { version, connectionType }: HandshakeRequestMessage): string | undefined {
  if (version !== PROTOCOL_VERSION) return `Unsupported protocol version: ${version}.`;
  if (connectionTypeOf(connectionType) === undefined) return `Unknown server connection type: ${connectionType}.`;
  const spent = host.context.messagesSpentText();
  if (spent !== undefined) return spent;
  const isWanted = host.identity.target === host.context.instanceId;
  if (connectionType !== ServerConnectionType.Weak && !host.context.takesAppServers()) return NOT_IN_SERVERLESS;
  if (connectionType === ServerConnectionType.OnDemand && !isWanted) return 'On-demand connection is not needed.';
  return undefined;
}
