import { userIdOf } from '@signalite/protocol';
import type { HubCallerContext, HubMigration } from '../hub/hub-caller-context.ts';
import { type HubHttpRequest, hubHttpRequest } from '../hub/hub-http-request.ts';
import { type HubUser, hubUser } from '../hub/hub-user.ts';
import type { ClientOpening } from './client-opening.ts';

/** The client behind a context. */
export interface ContextClient {
  readonly connectionId: string;
  readonly opening: ClientOpening;
  /** The app server that the client went on to. */
  readonly migratedTo: string | undefined;
  abort(): void;
}

/** What hubs see of one client. Everything in it is made when it is first asked for. */
export class ClientContext implements HubCallerContext {
  readonly #client: ContextClient;
  #items: Map<unknown, unknown> | undefined;
  #user: HubUser | undefined;
  /** Null: looked up, and there is none. */
  #userIdentifier: string | null | undefined;
  #httpRequest: HubHttpRequest | undefined;
  #abort: AbortController | undefined;
  #isGone = false;

  constructor(client: ContextClient) {
    this.#client = client;
  }

  get connectionId(): string {
    return this.#client.connectionId;
  }

  get userIdentifier(): string | undefined {
    this.#userIdentifier ??= userIdOf(this.#client.opening.describe().claims) ?? null;
    return this.#userIdentifier ?? undefined;
  }

  get user(): HubUser {
    this.#user ??= hubUser(this.#client.opening.describe().claims);
    return this.#user;
  }

  get items(): Map<unknown, unknown> {
    this.#items ??= new Map();
    return this.#items;
  }

  get httpRequest(): HubHttpRequest {
    if (this.#httpRequest === undefined) {
      const { headers, queryString } = this.#client.opening.describe();
      this.#httpRequest = hubHttpRequest(headers, queryString);
    }
    return this.#httpRequest;
  }

  get migration(): HubMigration | undefined {
    const { migratedTo: to, opening } = this.#client;
    const from = opening.migratedFrom;
    return from === undefined && to === undefined ? undefined : { from, to };
  }

  get aborted(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#isGone) this.#abort.abort();
    return this.#abort.signal;
  }

  abort(): void {
    this.#client.abort();
  }

  /** The client is gone. */
  end(): void {
    this.#isGone = true;
    this.#abort?.abort();
  }
}
