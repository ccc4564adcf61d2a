// What clients report when something breaks: docs/reconnect.md shows it, and a test breaks it all.
import { TRANSPORTS, type TransportName } from './observed-client.ts';
import type { ReconnectStage } from './reconnect-stage.ts';

export interface ReconnectRow {
  /** What happens, in words. */
  readonly what: string;
  /** Makes it happen. */
  readonly happen: (stage: ReconnectStage) => Promise<void> | void;
  /** Does a client with automatic reconnect come back? */
  readonly comesBack: boolean;
  /** The error that its callback gets, by transport; undefined: none. */
  readonly errors: Readonly<Record<TransportName, string | undefined>>;
  /** A client with stateful reconnect over WebSockets notices nothing. */
  readonly isStatefulUnnoticed: boolean;
}

const NO_ERROR = { WebSockets: undefined, ServerSentEvents: undefined, LongPolling: undefined };
const CUT = {
  WebSockets: 'WebSocket closed with status code: 1006 (no reason given).',
  ServerSentEvents: undefined,
  LongPolling: 'fetch failed',
};
const LOST = 'Server returned an error on close: Connection closed with an error.';

export const RECONNECT_TABLE: readonly ReconnectRow[] = [
  {
    what: "The client's network is cut",
    happen: (stage) => stage.cutNetwork(),
    comesBack: true,
    errors: CUT,
    isStatefulUnnoticed: true,
  },
  {
    what: 'The service is killed, and starts again',
    happen: (stage) => stage.killService(),
    comesBack: true,
    errors: CUT,
    isStatefulUnnoticed: false,
  },
  {
    what: 'The service is stopped, and starts again',
    happen: (stage) => stage.stopService(),
    comesBack: true,
    errors: NO_ERROR,
    isStatefulUnnoticed: false,
  },
  {
    what: 'The app server is killed, and starts again',
    happen: (stage) => stage.killApp(),
    comesBack: true,
    errors: { WebSockets: LOST, ServerSentEvents: LOST, LongPolling: LOST },
    isStatefulUnnoticed: false,
  },
  {
    what: 'The app server is stopped, and starts again',
    happen: (stage) => stage.stopApp(),
    comesBack: true,
    errors: NO_ERROR,
    isStatefulUnnoticed: false,
  },
  {
    what: 'The hub ends the client: `context.abort()`',
    happen: (stage) => stage.abortClients(),
    comesBack: false,
    errors: NO_ERROR,
    isStatefulUnnoticed: false,
  },
];

/** The table as Markdown. */
export function renderReconnectTable(): string {
  const head = ['what happens', 'WebSockets', 'Server-Sent Events', 'long polling', 'WebSockets, stateful reconnect'];
  const rows = RECONNECT_TABLE.map((row) => [
    row.what,
    ...TRANSPORTS.map((transport) => cellOf(row, row.errors[transport])),
    row.isStatefulUnnoticed ? 'nothing is reported, nothing is lost' : 'the same as without',
  ]);
  const [first, ...others] = [head, ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [first, `|${'---|'.repeat(head.length)}`, ...others].join('\n');
}

function cellOf({ comesBack }: ReconnectRow, error: string | undefined): string {
  const verb = comesBack ? 'comes back' : '**ends**';
  return `${verb}, ${error === undefined ? 'no error' : `\`${error}\``}`;
}
