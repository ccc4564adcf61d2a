/**
 * What a hub connection tells nobody else.
 *
 * - `handler-failed`: a handler or a callback of the app threw.
 * - `method-without-handler`: the hub called a method that nobody handles.
 * - `reconnect-failed`: one attempt to reconnect failed; more may follow.
 */
export interface ClientLogEvent {
  readonly name: 'handler-failed' | 'method-without-handler' | 'reconnect-failed';
  /** The client method that the event is about. */
  readonly method?: string;
  readonly error?: unknown;
}

/** Takes what is worth a line in a log. */
export type ClientLog = (event: ClientLogEvent) => void;

/** Used when the app gives no log: faults of its own handlers must not go unseen. */
export const logToConsole: ClientLog = ({ name, error }) => {
  if (name === 'handler-failed') console.error(error);
};
