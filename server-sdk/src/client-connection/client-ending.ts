// The ways in which a client connection ends, as values (client-protocol 3.6, 3.7, 6.2).
import type { CloseMessage } from '@signalite/protocol';
import { HubException } from '../errors.ts';
import { connectionClosedByInput } from '../hub/error-text.ts';
import type { ResolvedHubOptions } from '../options.ts';

type Detail = Pick<ResolvedHubOptions, 'enableDetailedErrors'>;

/** How and why a client connection ends. */
export interface ClientEnding {
  /** For the log. */
  readonly reason: string;
  /** For `onDisconnected`. */
  readonly error?: Error | undefined;
  /** Set when it is this side that ends the connection: last words, and what the service is told. */
  readonly goodbye?: { readonly frame: CloseMessage; readonly error: string };
  /** Invocations that wait are run before the end. */
  readonly keepsWaiting: boolean;
}

export const ABORTED: ClientEnding = {
  reason: 'aborted',
  goodbye: { frame: { type: 7 }, error: '' },
  keepsWaiting: false,
};

/** The client said goodbye, with an error or without. */
export function closedByClient(error: string | undefined): ClientEnding {
  return {
    reason: 'closed by the client',
    error: error === undefined ? undefined : new HubException(error),
    goodbye: { frame: { type: 7 }, error: '' },
    keepsWaiting: true,
  };
}

/** What the client sent cannot be used. */
export function refusedInput(reason: string, { enableDetailedErrors }: Detail): ClientEnding {
  const text = connectionClosedByInput(reason, enableDetailedErrors);
  return {
    reason,
    error: new Error(reason),
    goodbye: { frame: { type: 7, error: text, allowReconnect: true }, error: reason },
    keepsWaiting: false,
  };
}

/** The client was silent for too long. */
export function timedOut({ enableDetailedErrors }: Detail): ClientEnding {
  const reason = "Client hasn't sent a message/ping within the configured ClientTimeoutInterval.";
  const detail = enableDetailedErrors ? ` OperationCanceledException: ${reason}` : '';
  const frame = { type: 7, error: `Connection closed with an error.${detail}`, allowReconnect: true } as const;
  return { reason: 'timed out', goodbye: { frame, error: reason }, keepsWaiting: false };
}

/** The client went away, or on to another app server; `isCutOff`: in the middle of a message. */
export function left(isCutOff: boolean): ClientEnding {
  const error = isCutOff ? new Error('Connection terminated while reading a message.') : undefined;
  return { reason: 'left', error, keepsWaiting: true };
}
