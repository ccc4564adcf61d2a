/**
 * Why the service could not start or an operation on it failed. Stable: part of the public API.
 *
 * - `invalid-option`: an option, flag or environment variable has a value that cannot be used.
 * - `address-in-use`: another process listens on the address already.
 * - `listen-failed`: the address could not be bound for another reason.
 */
export type ServiceStartErrorCode = 'invalid-option' | 'address-in-use' | 'listen-failed';

/** Thrown by `startService` with a text that says what to do. */
export class ServiceStartError extends Error {
  override readonly name = 'ServiceStartError';
  readonly code: ServiceStartErrorCode;

  constructor(code: ServiceStartErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** For `switch` over closed sets: fails to compile when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${String(value)}`);
}
