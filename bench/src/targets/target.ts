import type { Endpoint, HubProtocolName, WatchedProcess } from '../driver/load.ts';

/** What can be measured. */
export const TargetName = {
  /** The service as built, with the app server of the run: .NET when its SDK is given, else Node. */
  Signalite: 'signalite',
  /** The service with the app server on `@signalite/server`. */
  SignaliteNode: 'signalite, Node app',
  /** Another build of the service, with the same app server. */
  Before: 'signalite before',
  /** The service in Serverless mode: sends by REST, and an upstream on Node. */
  Serverless: 'serverless',
  /** Another build of it. */
  ServerlessBefore: 'serverless before',
  /** The hub self-hosted on ASP.NET Core: no service at all. */
  Kestrel: 'Kestrel',
  /** The least that a service can do, with the same app server. */
  StandIn: 'stand-in',
  /** The least that Node can do to reach many. */
  SocketLoop: 'socket loop',
  /** The official emulator. */
  Emulator: 'emulator',
} as const;
export type TargetName = (typeof TargetName)[keyof typeof TargetName];

/** Names of the processes of targets. */
export const ProcessName = { Service: 'service', App: 'app', Upstream: 'upstream', Server: 'server' } as const;

/** A target that runs. */
export interface Target {
  readonly endpoint: Endpoint;
  readonly processes: readonly WatchedProcess[];
  /** What its clients may speak. */
  readonly hubProtocols: readonly HubProtocolName[];
  /** Gives what `work` gives; that one of the processes ends before it is an error. */
  during<T>(work: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How a target is started. */
export interface StartOptions {
  /** Its processes can be asked what a collection leaves in memory: Node servers are started with a probe. */
  readonly hasMemoryProbe: boolean;
}

/** A target as far as this machine and the options allow. */
export type TargetSource =
  | { readonly start: (options: StartOptions) => Promise<Target>; readonly isDotnet: boolean }
  /** One line that says what to do. */
  | { readonly absent: string };
