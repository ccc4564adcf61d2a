// Every open, close, refusal and fault of the service is one typed event. Loggers, and whatever counts or traces,
// subscribe; nothing else writes log lines. Events never carry a key, a token or a payload.

import type { CloseCategory } from '../lifetime/close-reasons.ts';

interface UpstreamEventFields {
  hub: string;
  connectionId: string;
  category: string;
  upstreamEvent: string;
}

/** All events by name, with their fields. */
export interface ServiceEventFields {
  clientNegotiated: { hub: string; connectionId: string };
  clientConnected: { hub: string; connectionId: string; userId?: string | undefined; transport: string };
  clientAssigned: {
    hub: string;
    connectionId: string;
    /** Undefined: no app server; the service answers. */
    serverId: string | undefined;
    serverConnectionId: string | undefined;
    hubProtocol: string;
  };
  clientAway: { hub: string; connectionId: string };
  clientReturned: { hub: string; connectionId: string };
  /** An app server that shuts down gave the client to another one. */
  clientMigrated: {
    hub: string;
    connectionId: string;
    fromServerId: string;
    toServerId: string;
    serverConnectionId: string;
  };
  /** The client goes on over another connection of the same app server. */
  clientMoved: {
    hub: string;
    connectionId: string;
    serverId: string;
    fromConnectionId: string;
    toConnectionId: string;
  };
  /** An app server did not answer when a client was to move; its clients stay where they are from now on. */
  pauseUnanswered: { hub: string; serverId: string; serverConnectionId: string };
  /** An app server was asked for one more connection. */
  serverConnectionRequested: { hub: string; serverId: string; serverConnectionId: string };
  clientClosed: { hub: string; connectionId: string; category: CloseCategory; reason: string };
  /** A call to an upstream brought no success. `upstreamEvent`: a hub method's name may be cut. */
  upstreamFailed: UpstreamEventFields & { upstream: string; reason: string };
  /** A call to an upstream ended, well or not. */
  upstreamAnswered: { hub: string; outcome: string; milliseconds: number };
  upstreamNotMatched: UpstreamEventFields;
  /** A template that refers to a secret nobody knows matches nothing. */
  upstreamSecretMissing: { upstream: string; secret: string };
  upstreamAnswerInvalid: { hub: string; connectionId: string; reason: string };
  /** A REST call was answered, well or not. */
  restAnswered: { method: string; status: number; milliseconds: number };
  requestRefused: { path: string; status: number; reason: string; hub?: string | undefined };
  /** `type`: the kind of request (control-plane 5.3). */
  networkRefused: { type: string; address: string; rule: string };
  /** A connection over the quota of the resource. */
  connectionThrottled: { hub: string; endpoint: 'Client' | 'Server'; reason: string };
  /** The day's messages of the resource are used up: everybody is sent away. */
  messagesSpent: { limit: number };
  serverConnected: { hub: string; serverId: string; serverConnectionId: string; kind: string; generation: string };
  serverRefused: { hub: string; serverId: string; serverConnectionId: string; reason: string };
  serverClosed: { hub: string; serverId: string; serverConnectionId: string; reason: string; clients: number };
  /** An app server asked for a key and got none; told of once, until it gets one. */
  accessKeyRefused: { hub: string; serverId: string; serverConnectionId: string; reason: string };
  /** Tokens of Microsoft Entra ID cannot be checked for a while. */
  entraKeysUnavailable: { url: string; reason: string };
  serverShutdownAnnounced: { hub: string; serverId: string; serverConnectionId: string; mode: string };
  serverMessageMalformed: { hub: string; serverConnectionId: string; reason: string };
  /** An app server traces this message; the id comes back in what the service makes of it. */
  messageTraced: {
    hub: string;
    serverId: string;
    serverConnectionId: string;
    messageType: number;
    /** Decimal. */
    tracingId: string;
  };
  /** The first of its type on a server connection; further ones are counted. */
  serverMessageIgnored: { hub: string; serverConnectionId: string; messageType: number; reason: string };
  serverFlowStopped: { hub: string; serverConnectionId: string; queuedBytes: number };
  serverFlowResumed: { hub: string; serverConnectionId: string };
  payloadMissing: { hub: string; hubProtocol: string };
  /** A send with this filter went to nobody. */
  filterMalformed: { hub: string; reason: string };
  settingsFileReloaded: { file: string; upstream: readonly string[] };
  settingsFileBroken: { file: string; reason: string };
  /** Verbs, metrics and Azure Resource Manager do not reach this process. */
  controlNotOpened: { port: number; reason: string };
  resourceCreated: { resource: string; url: string | undefined };
  /** Lines of its resource log are lost. */
  resourceLogFailed: { resource: string; reason: string };
  resourceRemoved: { resource: string };
  /** It is there and listens nowhere. */
  resourceNotStarted: { resource: string; reason: string };
  /** A change was refused because it could not be kept. */
  resourceNotStored: { resource: string; reason: string };
  /** `by`: the process that has it; undefined: it cannot be written. */
  stateFolderNotHeld: { folder: string; by: number | undefined; reason: string };
  /** A file of the state folder holds no resource. `setAsideAs` undefined: it could not be moved. */
  stateFileBroken: { file: string; reason: string; setAsideAs: string | undefined };
  settingsChanged: { changed: readonly string[] };
  fault: { where: string; message: string };
}

export type ServiceEventName = keyof ServiceEventFields;

export type ServiceEvent = {
  [N in ServiceEventName]: { readonly name: N } & Readonly<ServiceEventFields[N]>;
}[ServiceEventName];

/** Receives every event, in order, in the turn in which it happens. Must not throw. */
export type ServiceEventListener = (event: ServiceEvent) => void;

/** Fans events out to whoever subscribed. */
export class ServiceEvents {
  readonly #listeners = new Set<ServiceEventListener>();

  subscribe(listener: ServiceEventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: ServiceEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
