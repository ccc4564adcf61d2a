/** Why a server connection could not be opened. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  /** True when trying again cannot help: the service answered that the request itself is wrong. */
  readonly isFinal: boolean;

  constructor(message: string, isFinal: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isFinal = isFinal;
  }
}
