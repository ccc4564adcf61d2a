/** What a log line carries beside its text. Never a key, a token or a payload. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Receives log lines. Wrap the logger of your app in it; every method takes a sentence and named values. */
export interface Logger {
  /** What every client does; nothing that is amiss. */
  debug(message: string, fields: LogFields): void;
  /** Server connections that open and close in order. */
  info(message: string, fields: LogFields): void;
  /** What mends itself, or concerns one client. */
  warn(message: string, fields: LogFields): void;
  /** What somebody should look at. */
  error(message: string, fields: LogFields): void;
}

/** The default: warnings and errors on standard error, nothing else. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, fields) => console.warn(`signalr: ${message}`, fields),
  error: (message, fields) => console.error(`signalr: ${message}`, fields),
};
