import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { ServiceEvent } from './events.ts';
import { ServiceEvents } from './events.ts';
import { type LogLevel, logEvents } from './logger.ts';

const CLOSED = { name: 'clientClosed', hub: 'chat', connectionId: 'c1', reason: 'Why.' } as const;

/** The lines that events give, parsed. */
function linesOf(level: LogLevel, ...events: readonly ServiceEvent[]): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level, base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
  const listener = logEvents(logger);
  for (const event of events) listener(event);
  return lines;
}

test('an event is one line: its name, its fields and a sentence', () => {
  expect(linesOf('info', { name: 'requestRefused', path: '/client', status: 401, reason: 'No.' })).toEqual([
    { level: 40, event: 'requestRefused', path: '/client', status: 401, reason: 'No.', msg: 'Request refused' },
  ]);
});

test('below the level there is none', () => {
  const event = { name: 'clientNegotiated', hub: 'chat', connectionId: 'c1' } as const;
  expect(linesOf('info', event)).toEqual([]);
  expect(linesOf('debug', event)).toHaveLength(1);
  expect(linesOf('silent', { name: 'fault', where: 'http', message: 'x' })).toEqual([]);
});

test.each([
  { category: 'Normal', level: 20 },
  { category: 'ClosedByAppServer', level: 20 },
  { category: 'SlowClient', level: 40 },
  { category: 'NoAvailableServerConnection', level: 40 },
  { category: 'BadRequest', level: 40 },
] as const)('the end of a client by $category has level $level', ({ category, level }) => {
  expect(linesOf('trace', { ...CLOSED, category })).toMatchObject([{ level, category }]);
});

test('everybody who listens is told, in order, until they leave', () => {
  const events = new ServiceEvents();
  const told: string[] = [];
  const leave = events.subscribe(({ name }) => told.push(`one ${name}`));
  events.subscribe(({ name }) => told.push(`two ${name}`));
  events.emit({ name: 'payloadMissing', hub: 'chat', hubProtocol: 'other' });
  leave();
  events.emit({ ...CLOSED, category: 'Normal' });
  expect(told).toEqual(['one payloadMissing', 'two payloadMissing', 'two clientClosed']);
});
