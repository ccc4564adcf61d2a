// What the service said about a client when it came (service-protocol 7.2). It is looked at rarely, and as objects it
// would be most of what a client costs: it stays in the bytes of the message until somebody asks.
import {
  type Claim,
  encodeServiceMessage,
  type Header,
  type OpenConnectionMessage,
  ServiceMessageReader,
} from '@signalite/protocol/service';

const MIGRATE_FROM_HEADER = 'asrs-migrate-from';
const DIAGNOSTIC_HEADER = 'asrs-is-diagnostic-client';
const INSTANCE_ID_HEADER = 'asrs-instance-id';

/** Claims, headers and query of a client. */
export interface ClientDescription {
  readonly claims: readonly Claim[];
  readonly headers: readonly Header[];
  readonly queryString: string;
}

/** The OpenConnection message of one client, kept small. */
export class ClientOpening {
  /** The client comes from another app server: it had its handshake response there (service-protocol 12.1). */
  readonly isMigrated: boolean;
  /** What is sent on its behalf carries ids for the service's log (service-protocol 12.5). */
  readonly isDiagnostic: boolean;
  readonly #packed: Uint8Array;

  constructor(message: OpenConnectionMessage) {
    this.isMigrated = headerValue(message.headers, MIGRATE_FROM_HEADER) !== undefined;
    this.isDiagnostic = headerValue(message.headers, DIAGNOSTIC_HEADER)?.toLowerCase() === 'true';
    this.#packed = encodeServiceMessage(message);
  }

  /** Reads the bytes anew each time: keep what you need. */
  describe(): ClientDescription {
    const reader = new ServiceMessageReader({ maxMessageBytes: this.#packed.length });
    reader.push(this.#packed);
    const message = reader.next();
    return message?.type === 4 ? message : { claims: [], headers: [], queryString: '' };
  }

  /** The app server that the client comes from. */
  get migratedFrom(): string | undefined {
    return this.isMigrated ? headerValue(this.describe().headers, MIGRATE_FROM_HEADER) : undefined;
  }

  /** The service instance that holds the client. */
  get instanceId(): string | undefined {
    return headerValue(this.describe().headers, INSTANCE_ID_HEADER);
  }
}

function headerValue(headers: readonly Header[], lowerCaseName: string): string | undefined {
  return headers.find(({ name }) => name.toLowerCase() === lowerCaseName)?.values[0];
}
