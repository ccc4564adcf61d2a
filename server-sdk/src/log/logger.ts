/** What a log line carries beside its text. Never a key, a token or a payload. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Receives log lines. Wrap the logger of your app in it; every method takes a sentence and named values. */
export interface Logger {
  debug(message: string, fields: LogFields): void;
  info(message: string, fields: LogFields): void;
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** The default: warnings and errors on standard error, nothing else. */
export const consoleLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, fields) => console.warn(`signalr: ${message}`, fields),
  error: (message, fields) => console.error(`signalr: ${message}`, fields),
};
