// What every client of the matrix can be told, whatever it is written in. All of it is plain data.

export const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'] as const;
export type MatrixTransport = (typeof TRANSPORTS)[number];

export type MatrixProtocol = 'json' | 'messagepack';

/** How a client answers when the hub asks it; with `never` it still thinks about it when it leaves. */
export type AnswerKind = 'value' | 'throws' | 'none' | 'never';

/** A stream to upload: completed after its items, or broken off with an error, or left open. */
export interface Upload {
  readonly stream: readonly (string | number)[];
  readonly error?: string;
  readonly isLeftOpen?: boolean;
}

export type MatrixArgument = string | number | readonly string[] | Upload;

export interface StreamOutcome {
  readonly items: readonly unknown[];
  /** `completed`, `cancelled`, or the text of an error. */
  readonly end: string;
}

export interface ConnectOptions {
  readonly url: string;
  readonly transport: MatrixTransport;
  readonly protocol: MatrixProtocol;
  readonly answer?: AnswerKind;
  /** Told of everything that the client reports: calls of the hub by method, and `closed` with its error. */
  readonly onEvent: (event: string, value: unknown) => void;
}

/** One connection. Calls reject with the error that the client's user sees. */
export interface MatrixConnection {
  /** What the client says its connection id is. */
  readonly id: string;
  invoke(method: string, args: readonly MatrixArgument[]): Promise<unknown>;
  send(method: string, args: readonly MatrixArgument[]): Promise<void>;
  /** `limit`: cancels the stream after so many items. */
  stream(method: string, args: readonly MatrixArgument[], limit?: number): Promise<StreamOutcome>;
  stop(): Promise<void>;
}

export interface MatrixClient {
  readonly name: string;
  readonly protocols: readonly MatrixProtocol[];
  /** Whether one call can bring several uploads, whatever their timing. */
  readonly hasSideBySideUploads: boolean;
  connect(options: ConnectOptions): Promise<MatrixConnection>;
}

export function isUpload(argument: MatrixArgument): argument is Upload {
  return typeof argument === 'object' && 'stream' in argument;
}
