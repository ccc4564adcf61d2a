import { randomBytes } from 'node:crypto';
import { grantAccessKey } from '../auth/grant-access-key.ts';
import { type BearerJudges, createBearerJudges } from '../auth/verify-bearer.ts';
import { ClientConnections } from '../client-connection/client-connections.ts';
import type { AuthMode } from '../config/auth-mode.ts';
import type { EntraRule } from '../config/entra-options.ts';
import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import { ServiceModeName } from '../config/service-mode-name.ts';
import type { PemCertificate, PfxCertificate } from '../config/service-options.ts';
import type { SecretLookup } from '../config/url-template.ts';
import { type AppTargets, createApp, refuseMalformed } from '../http/app.ts';
import type { HttpContext, HttpOptions } from '../http/http-context.ts';
import { type Listener, listen } from '../http/listener.ts';
import { plainRest } from '../http/plain-rest.ts';
import { refuseUnreadable } from '../http/unreadable-request.ts';
import { handleUpgrade, type UpgradeParts, type UpgradeTargets } from '../http/upgrade.ts';
import { Hubs } from '../hub/hubs.ts';
import { CloseReasons } from '../lifetime/close-reasons.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { HubTraffic } from '../metrics/hub-traffic.ts';
import type { ResourceGauges } from '../metrics/resource-metrics.ts';
import { EndOfTurn } from '../outbound/end-of-turn.ts';
import { QuotaKeeper } from '../quota/quota-keeper.ts';
import { publicEndpointOf } from '../rest-api/public-endpoint.ts';
import { createRestHandler, type RestHandler } from '../rest-api/rest-handler.ts';
import { defaultMode } from '../service-mode/default-mode.ts';
import { serverlessModes } from '../service-mode/serverless-mode.ts';
import { WorkCounter } from '../service-mode/work-counter.ts';
import type { ResourceSettings } from '../settings/resource-settings.ts';
import { createUpstream } from '../upstream/http-upstream.ts';
import { createManagedIdentity, type ManagedIdentity } from '../upstream/managed-identity.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { ClientGate } from './client-gate.ts';
import { applyModeChange, type ServiceModes } from './mode-change.ts';
import { ServerGate } from './server-gate.ts';

const INSTANCE_ID_BYTES = 6;

export interface ResourceOptions {
  readonly host: string;
  readonly port: number;
  readonly https: PemCertificate | PfxCertificate | undefined;
  readonly limits: ServiceLimits;
  readonly timers: ServiceTimers;
  readonly http: HttpOptions;
  readonly auth: AuthMode;
  /** Which tokens of Microsoft Entra ID are accepted; undefined: none. */
  readonly entra: EntraRule | undefined;
  /** Gives the secrets that upstream templates refer to. */
  readonly upstreamSecret: SecretLookup | undefined;
  /** Hand StreamInvocations to the upstream like invocations. */
  readonly upstreamStreams: boolean;
  readonly events: ServiceEvents;
  /** Called whenever clocks are looked at. Default: nobody. */
  readonly onSweep?: () => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** One resource: settings, port, hubs and everything connected to them. Resources share nothing. */
export class Resource {
  readonly settings: ResourceSettings;
  readonly clients: ClientConnections;
  readonly #options: ResourceOptions;
  readonly #hubs: Hubs;
  readonly #servers: ServerGate;
  readonly #http: HttpContext;
  readonly #targets: UpgradeTargets & AppTargets;
  readonly #modes: ServiceModes;
  readonly #identity: ManagedIdentity;
  readonly #upstream: Upstream;
  readonly #upstreamCalls = new WorkCounter();
  readonly #quota: QuotaKeeper;
  readonly #unsubscribe: () => void;
  #listener: Listener | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(settings: ResourceSettings, options: ResourceOptions) {
    const { limits, timers, events, now, http } = options;
    this.settings = settings;
    this.#options = options;
    this.#quota = new QuotaKeeper({
      quota: () => settings.current.quota,
      connections: () => this.clients.attachedCount + this.#servers.count,
      onSpent: (text) => this.#messagesSpent(text),
      now,
    });
    this.#hubs = new Hubs({ limits, timers, events, now, budget: this.#quota.budget });
    this.clients = new ClientConnections({
      negotiatedMax: limits.negotiatedConnections,
      negotiateMs: timers.negotiateMs,
      earlyBytesMax: limits.clientPostBytes,
      now,
    });
    const shared = { limits, timers, events, now, endOfTurn: new EndOfTurn() };
    const instanceId = randomBytes(INSTANCE_ID_BYTES).toString('hex');
    this.#identity = createManagedIdentity({ now });
    this.#upstream = createUpstream({
      settings,
      timers,
      limits,
      events,
      identity: this.#identity,
      secretOf: options.upstreamSecret,
    });
    this.#modes = this.#createModes();
    const mode = () => this.#modes[settings.current.serviceMode];
    const takesAppServers = () => mode().takesAppServers;
    const judges = createBearerJudges(settings, options);
    const servers = {
      ...shared,
      instanceId,
      takesAppServers,
      messagesSpentText: () => this.#quota.spentText,
      connectionLimit: () => this.#quota.connectionLimit,
      grantAccessKey: (token: string) => grantAccessKey(judges.entra, token),
    };
    this.#servers = new ServerGate({ hubs: this.#hubs, shared: servers });
    const gate = new ClientGate({
      hubs: this.#hubs,
      clients: this.clients,
      trustProxy: http.trustProxy,
      shared: {
        ...shared,
        serviceMode: mode,
        released: ({ connectionToken }) => this.clients.release(connectionToken),
      },
    });
    this.#http = this.#createHttpContext(judges);
    this.#targets = {
      answerRest: this.#createRestHandler(instanceId),
      openClient: (upgrade, connectionToken) => gate.openWebSocket(upgrade, connectionToken),
      resumeClient: (upgrade, connection, before) => gate.resume(upgrade, connection, before),
      openEvents: (request, connectionToken) => gate.openEvents(request, connectionToken),
      openPolling: (request, connectionToken) => gate.openPolling(request, connectionToken),
      openServer: (upgrade) => this.#servers.open(upgrade),
    };
    this.#unsubscribe = settings.onChange((current, before) => {
      if (current.quota !== before.quota) this.#quota.quotaChanged();
      if (current.serviceMode === before.serviceMode) return;
      applyModeChange(mode(), { servers: this.#servers, clients: this.clients });
    });
  }

  /** What metrics look at. */
  get gauges(): ResourceGauges {
    const sums = { groups: 0, inboundBytes: 0, outboundBytes: 0, messages: 0 };
    for (const { clients, traffic } of this.#hubs.all()) {
      sums.groups += clients.groups.count;
      sums.inboundBytes += traffic.inboundBytes;
      sums.outboundBytes += traffic.outboundBytes;
      sums.messages += traffic.messages;
    }
    let bytesQueued = 0;
    for (const client of this.clients.connections()) bytesQueued += client.queuedBytes;
    const { attachedCount: clients } = this.clients;
    const { connectionLimit } = this.#quota;
    return { clients, serverConnections: this.serverConnectionCount, bytesQueued, connectionLimit, ...sums };
  }

  /** Traffic by hub. */
  *hubTraffic(): Generator<readonly [hub: string, traffic: HubTraffic, clients: number]> {
    for (const { key, traffic, clients } of this.#hubs.all()) yield [key, traffic, clients.members.size];
  }

  /** Asks every app server of a hub for one more connection; gives how many were asked. */
  requestServerConnections(hub: string): number {
    return this.#hubs.find(hub)?.requestConnections() ?? 0;
  }

  /** Connections of app servers. */
  get serverConnectionCount(): number {
    return this.#servers.count;
  }

  /** Binds the port and gives it. Throws `ServiceStartError`. */
  async start(): Promise<number> {
    const { host, port, https, limits, timers } = this.#options;
    const context = this.#http;
    const listenerOptions = { host, port, https, maxHeaderBytes: limits.headerBytes + limits.uriBytes };
    this.#listener = await listen(listenerOptions, {
      first: plainRest(context, this.#targets),
      app: createApp(context, this.#targets),
      upgrade: (parts) => this.#upgrade(parts),
      malformed: () => refuseMalformed(context),
      unreadable: (error, socket) => refuseUnreadable(context, error, socket),
    });
    this.#sweeper = setInterval(() => this.#sweep(), timers.sweepMs);
    return this.#listener.port;
  }

  /** Takes nobody new, tells everybody, waits within the bound, then drops who is left. */
  async stop(): Promise<void> {
    if (this.#listener === undefined) return;
    this.#isStopping = true;
    this.#unsubscribe();
    this.#listener.stop();
    for (const client of [...this.clients.connections()]) client.close(CloseReasons.serviceStopped);
    this.#servers.closeAll('The service stops.', CloseReasons.serviceStopped);
    this.#listener.closeIdle();
    const patience = setTimeout(() => this.drop(), this.#options.timers.stopMs);
    await this.#listener.closed();
    // Whoever left is announced to the upstream, as long as there is time.
    await this.#upstreamCalls.whenIdle();
    await this.#upstream.close();
    clearTimeout(patience);
    clearInterval(this.#sweeper);
    // Clients between two polls have no socket to wait for.
    for (const client of [...this.clients.connections()]) client.drop();
  }

  /** Ends every socket at once. */
  drop(): void {
    for (const client of [...this.clients.connections()]) client.drop();
    this.#servers.dropAll();
    this.#listener?.dropAll();
    if (this.#isStopping) void this.#upstream.close();
  }

  #createHttpContext(judges: BearerJudges): HttpContext {
    const { limits, timers, events, http } = this.#options;
    return {
      settings: this.settings,
      ...judges,
      clients: this.clients,
      limits,
      timers,
      events,
      options: http,
      identity: this.#identity,
      quota: this.#quota,
      takesAppServers: () => this.#modes[this.settings.current.serviceMode].takesAppServers,
      allowsStatefulReconnect: (hub) => this.#hubs.find(hub)?.servers.allowStatefulReconnect === true,
      isStopping: () => this.#isStopping,
    };
  }

  #createRestHandler(instanceId: string): RestHandler {
    const { limits, timers, events, now, http } = this.#options;
    return createRestHandler({
      hubs: this.#hubs,
      settings: this.settings,
      verifier: this.#http.verifier,
      entra: this.#http.entra,
      handedOutKeys: this.#http.handedOutKeys,
      limits,
      timers,
      events,
      options: http,
      now,
      instanceId,
      areMessagesSpent: () => this.#quota.budget.isSpent,
      isStopping: () => this.#isStopping,
      publicEndpoint: publicEndpointOf,
    });
  }

  #createModes(): ServiceModes {
    const { limits, timers, events, now } = this.#options;
    // One object as long as the settings are the same: every client asks, every second.
    let given = this.settings.current.serverlessTimes;
    let times = { ...timers, ...given };
    const { serverless, classic } = serverlessModes({
      limits,
      times: () => {
        const { serverlessTimes } = this.settings.current;
        if (serverlessTimes !== given) times = { ...timers, ...serverlessTimes };
        given = serverlessTimes;
        return times;
      },
      events,
      now,
      upstream: () => (this.settings.current.serviceMode === ServiceModeName.Serverless ? this.#upstream : undefined),
      work: this.#upstreamCalls,
      forwardsStreams: this.#options.upstreamStreams,
    });
    return { Default: defaultMode, Serverless: serverless, Classic: classic };
  }

  /** Everybody is told and goes (control-plane 8.2). Not in the middle of the delivery that was the last. */
  #messagesSpent(serverText: string): void {
    const { events } = this.#options;
    events.emit({ name: 'messagesSpent', limit: this.#quota.budget.limit });
    setImmediate(() => {
      for (const client of [...this.clients.connections()]) client.close(CloseReasons.messageLimit);
      this.#servers.closeForMessages(serverText, CloseReasons.messageLimit);
    });
  }

  #upgrade(parts: UpgradeParts): void {
    handleUpgrade(this.#http, parts, this.#targets).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      this.#options.events.emit({ name: 'fault', where: 'upgrade', message });
      parts.socket.destroy();
    });
  }

  #sweep(): void {
    const now = this.#options.now();
    this.#quota.sweep(now);
    this.clients.sweep(now);
    this.#servers.sweep(now);
    for (const hub of this.#hubs.all()) hub.sweep(now);
    this.#options.onSweep?.();
    // Answers that end clients leave their connections idle one after the other.
    if (this.#isStopping) this.#listener?.closeIdle();
  }
}
