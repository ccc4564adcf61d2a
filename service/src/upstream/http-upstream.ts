import type { ServiceLimits, ServiceTimers } from '../config/limits.ts';
import { publicUrlOf, type UpstreamTemplate } from '../config/upstream-settings.ts';
import { fillUrlTemplate, type SecretLookup, type UrlParameters } from '../config/url-template.ts';
import type { ServiceEvents } from '../log/events.ts';
import type { ResourceSettings } from '../settings/resource-settings.ts';
import { completionError, failureReason, type UpstreamFailure } from './failure-reason.ts';
import type { ManagedIdentity } from './managed-identity.ts';
import { requestHeaders, UpstreamContentType, UpstreamHeader } from './request-headers.ts';
import type { Upstream, UpstreamAnswer, UpstreamClient, UpstreamMessage } from './upstream.ts';
import { UpstreamRequester, type UpstreamResponse } from './upstream-request.ts';
import { readRoutes, type UpstreamRoute } from './upstream-routes.ts';

const CONNECTED_BODY = Buffer.from('{"type":10}');
/** Names of hub methods are as long as clients like; log lines are not. */
const EVENT_CHARACTERS_MAX = 200;

const Category = { Connections: 'connections', Messages: 'messages' } as const;

export interface HttpUpstreamOptions {
  /** Templates and keys, followed as they change. */
  readonly settings: ResourceSettings;
  readonly timers: Pick<ServiceTimers, 'upstreamMs'>;
  readonly limits: Pick<ServiceLimits, 'upstreamConnections' | 'upstreamResponseBytes'>;
  readonly events: ServiceEvents;
  /** Signs bearer tokens for templates that want them. */
  readonly identity: ManagedIdentity;
  /** Gives the secrets that templates refer to. Default: there are none. */
  readonly secretOf?: SecretLookup | undefined;
}

/** One event of a client on its way out. */
interface OutgoingEvent {
  readonly client: UpstreamClient;
  readonly parameters: UrlParameters;
  readonly contentType: UpstreamContentType;
  readonly body: Uint8Array;
  readonly wantsBody: boolean;
}

/** Calls the app's HTTP endpoints (upstream-and-emulator 2). */
export function createUpstream(options: HttpUpstreamOptions): Upstream {
  return new HttpUpstream(options);
}

class HttpUpstream implements Upstream {
  readonly #options: HttpUpstreamOptions;
  readonly #requester: UpstreamRequester;
  readonly #unsubscribe: () => void;
  #routes: readonly UpstreamRoute[];

  constructor(options: HttpUpstreamOptions) {
    const { settings, limits, timers } = options;
    this.#options = options;
    this.#requester = new UpstreamRequester({
      deadlineMs: timers.upstreamMs,
      responseBytesMax: limits.upstreamResponseBytes,
      connectionsMax: limits.upstreamConnections,
    });
    this.#routes = this.#readRoutes(settings.current.upstream);
    this.#unsubscribe = settings.onChange((now, before) => {
      if (now.upstream !== before.upstream) this.#routes = this.#readRoutes(now.upstream);
    });
  }

  async connected(client: UpstreamClient): Promise<void> {
    await this.#tell(client, 'connected', CONNECTED_BODY);
  }

  async disconnected(client: UpstreamClient, error: string | undefined): Promise<void> {
    // A member that is undefined is left out. Capitals as the official emulator writes them.
    await this.#tell(client, 'disconnected', Buffer.from(JSON.stringify({ Type: 11, Error: error })));
  }

  async message(client: UpstreamClient, message: UpstreamMessage): Promise<UpstreamAnswer> {
    const { target, hubProtocol, body, isInvoke } = message;
    const parameters = { hub: client.hub, category: Category.Messages, event: target };
    const contentType = hubProtocol === 'json' ? UpstreamContentType.Json : UpstreamContentType.MessagePack;
    const response = await this.#send({ client, parameters, contentType, body, wantsBody: isInvoke });
    if (response === undefined) {
      this.#options.events.emit({ name: 'upstreamNotMatched', ...eventFields(client, parameters) });
      return { kind: 'no-match' };
    }
    if (response.kind !== 'success') return { kind: 'failed', error: completionError(response) };
    return response.body.length === 0 ? { kind: 'empty' } : { kind: 'body', body: response.body };
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#requester.close();
  }

  /** Whether anybody listens, and what they answer, changes nothing for the client. */
  async #tell(client: UpstreamClient, event: string, body: Uint8Array): Promise<void> {
    const parameters = { hub: client.hub, category: Category.Connections, event };
    await this.#send({ client, parameters, contentType: UpstreamContentType.Json, body, wantsBody: false });
  }

  /** Undefined: nothing matches. */
  async #send(outgoing: OutgoingEvent): Promise<UpstreamResponse | undefined> {
    const route = this.#routes.find(({ matches }) => matches(outgoing.parameters));
    if (route === undefined) return undefined;
    const url = fillUrlTemplate(route.url, outgoing.parameters);
    const response: UpstreamResponse =
      url === undefined
        ? { kind: 'no-answer', reason: 'Its URL cannot be made for this hub, category and event.' }
        : await this.#request(route.template, url, outgoing);
    if (response.kind !== 'success') this.#tellFailure(route.template, outgoing, response);
    return response;
  }

  async #request(template: UpstreamTemplate, url: URL, outgoing: OutgoingEvent): Promise<UpstreamResponse> {
    const { settings } = this.#options;
    const { client, parameters, contentType, body, wantsBody } = outgoing;
    const { primaryKey, secondaryKey } = settings.current;
    const keys = secondaryKey === undefined ? [primaryKey] : [primaryKey, secondaryKey];
    const headers = requestHeaders({ client, ...parameters, contentType, keys });
    try {
      const token = await this.#tokenFor(template);
      if (token !== undefined) headers[UpstreamHeader.Authorization] = `Bearer ${token}`;
    } catch (error) {
      return { kind: 'no-answer', reason: `No token could be made for it: ${String(error)}` };
    }
    const startedAt = performance.now();
    const response = await this.#requester.send({ url, headers, body, wantsBody });
    const milliseconds = performance.now() - startedAt;
    this.#options.events.emit({ name: 'upstreamAnswered', hub: client.hub, outcome: response.kind, milliseconds });
    return response;
  }

  async #tokenFor({ auth }: UpstreamTemplate): Promise<string | undefined> {
    if (auth?.type !== 'ManagedIdentity') return undefined;
    return this.#options.identity.tokenFor(auth.managedIdentity?.resource ?? '');
  }

  #tellFailure(template: UpstreamTemplate, { client, parameters }: OutgoingEvent, failure: UpstreamFailure): void {
    this.#options.events.emit({
      name: 'upstreamFailed',
      ...eventFields(client, parameters),
      upstream: publicUrlOf(template),
      reason: failureReason(failure),
    });
  }

  #readRoutes(templates: readonly UpstreamTemplate[]): readonly UpstreamRoute[] {
    const { events, secretOf = () => undefined } = this.#options;
    const { routes, missing } = readRoutes(templates, secretOf);
    for (const { template, secret } of missing) {
      events.emit({ name: 'upstreamSecretMissing', upstream: publicUrlOf(template), secret });
    }
    return routes;
  }
}

function eventFields({ hub, connectionId }: UpstreamClient, { category, event }: UrlParameters) {
  return { hub, connectionId, category, upstreamEvent: event.slice(0, EVENT_CHARACTERS_MAX) };
}
