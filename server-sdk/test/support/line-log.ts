import type { Logger } from '../../src/log/logger.ts';

/** Keeps warnings and errors, so that a test can demand that there were none. */
export class LineLog implements Logger {
  readonly lines: string[] = [];

  debug(): void {}

  info(): void {}

  warn(message: string): void {
    this.lines.push(`warn: ${message}`);
  }

  error(message: string): void {
    this.lines.push(`error: ${message}`);
  }
}
