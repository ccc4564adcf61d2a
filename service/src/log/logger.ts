import { type Logger, pino } from 'pino';
import type { ServiceEvent, ServiceEventListener, ServiceEventName } from './events.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** `auto`: human on a terminal, JSON elsewhere. */
export const LOG_FORMATS = ['auto', 'human', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

type Line = { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };

/** Level and sentence of each event. The event's own fields stand beside the sentence. */
const LINES: Readonly<Record<ServiceEventName, Line>> = {
  clientNegotiated: { level: 'debug', text: 'Client negotiated' },
  clientConnected: { level: 'debug', text: 'Client connected' },
  clientAssigned: { level: 'debug', text: 'Client assigned to an app server' },
  clientAway: { level: 'debug', text: 'Client lost its socket and may come back' },
  clientReturned: { level: 'debug', text: 'Client is back on a new socket' },
  clientMoved: { level: 'debug', text: 'Client goes on over another connection of its app server' },
  pauseUnanswered: { level: 'warn', text: 'App server did not pause a client that was to move; its clients stay' },
  serverConnectionRequested: { level: 'info', text: 'App server was asked for one more connection' },
  clientMigrated: { level: 'debug', text: 'Client went on to another app server' },
  clientClosed: { level: 'debug', text: 'Client closed' },
  upstreamFailed: { level: 'warn', text: 'A call to an upstream failed' },
  upstreamAnswered: { level: 'debug', text: 'A call to an upstream ended' },
  upstreamNotMatched: { level: 'warn', text: 'No upstream matches a message of a client' },
  upstreamSecretMissing: { level: 'error', text: 'An upstream is left out: a secret of its URL is not known' },
  upstreamAnswerInvalid: { level: 'warn', text: 'The answer of the upstream cannot be used' },
  restAnswered: { level: 'debug', text: 'A REST call was answered' },
  requestRefused: { level: 'warn', text: 'Request refused' },
  networkRefused: { level: 'warn', text: 'A request was refused by the network rules of the resource' },
  connectionThrottled: { level: 'warn', text: 'A connection was refused: the resource is full' },
  messagesSpent: { level: 'warn', text: 'The messages of the day are used up; connections are closed' },
  serverConnected: { level: 'info', text: 'App server connected' },
  serverRefused: { level: 'warn', text: 'App server refused' },
  serverClosed: { level: 'info', text: 'App server connection ended' },
  accessKeyRefused: { level: 'warn', text: 'App server gets no access key' },
  entraKeysUnavailable: {
    level: 'error',
    text: 'The keys of Microsoft Entra ID could not be fetched; what needs them is refused until they can',
  },
  serverShutdownAnnounced: { level: 'info', text: 'App server shuts down' },
  serverMessageMalformed: {
    level: 'error',
    text: 'A service message could not be read; the server connection is closed',
  },
  messageTraced: { level: 'debug', text: 'A traced message' },
  serverMessageIgnored: { level: 'debug', text: 'A service message was ignored' },
  serverFlowStopped: { level: 'warn', text: 'App server does not read; its clients are not read until it does' },
  serverFlowResumed: { level: 'info', text: 'App server reads again' },
  payloadMissing: {
    level: 'warn',
    text: 'A message has no payload for the hub protocol of some clients; they were left out',
  },
  filterMalformed: { level: 'warn', text: 'A message was delivered to nobody: its filter cannot be understood' },
  settingsFileReloaded: { level: 'info', text: 'The settings file changed and was read again' },
  settingsFileBroken: {
    level: 'error',
    text: 'The settings file changed and cannot be used; what it said before goes on to hold',
  },
  controlNotOpened: { level: 'warn', text: 'No control port: verbs reach another process, or none' },
  resourceCreated: { level: 'info', text: 'Resource created' },
  resourceLogFailed: { level: 'error', text: 'The log of a resource could not be written; all else goes on' },
  resourceRemoved: { level: 'info', text: 'Resource removed' },
  resourceNotStarted: { level: 'error', text: 'A resource could not be started; the others go on' },
  resourceNotStored: { level: 'error', text: 'A change of a resource was refused: it could not be kept' },
  stateFolderNotHeld: {
    level: 'warn',
    text: 'The state folder is not for this process; choose another with --state, or start with --in-memory',
  },
  stateFileBroken: { level: 'error', text: 'A file of the state folder cannot be used; it is left alone' },
  settingsChanged: { level: 'info', text: 'Settings changed' },
  fault: { level: 'error', text: 'Fault inside the service' },
};

/** Ends that an operator wants to see without asking. */
const NOTABLE_CLOSES: ReadonlySet<string> = new Set([
  'SlowClient',
  'NoAvailableServerConnection',
  'ServerConnectionNotFound',
  'ServiceTransientError',
  'BadRequest',
]);

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Whether lines go to a terminal. */
  readonly isTerminal: boolean;
}

/** A logger on standard error: standard output holds the connection string alone. */
export async function createLogger({ level, format, isTerminal }: LoggerOptions): Promise<Logger> {
  const isHuman = format === 'human' || (format === 'auto' && isTerminal);
  if (!isHuman) return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  // Loaded when it is wanted: it doubles the time to start.
  const { default: pretty } = await import('pino-pretty');
  return pino(
    { level, base: null },
    pretty({ destination: 2, sync: true, colorize: isTerminal, translateTime: 'SYS:HH:MM:ss.l', singleLine: true }),
  );
}

/** Writes one line for each event. */
export function logEvents(logger: Logger): ServiceEventListener {
  return (event) => {
    const level = levelOf(event);
    if (!logger.isLevelEnabled(level)) return;
    const { name, ...fields } = event;
    logger[level]({ event: name, ...fields }, LINES[name].text);
  };
}

function levelOf(event: ServiceEvent): Line['level'] {
  if (event.name === 'clientClosed' && NOTABLE_CLOSES.has(event.category)) return 'warn';
  return LINES[event.name].level;
}
