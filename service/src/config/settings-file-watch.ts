import { parseSettings, readSettingsText } from './settings-file.ts';
import type { UpstreamSettings } from './upstream-settings.ts';

const INTERVAL_MS = 500;

/** Told of what happens to a settings file. */
export interface SettingsFileListener {
  changed(settings: UpstreamSettings): void;
  /** The file cannot be used as it is. What it said before goes on to hold. */
  broken(reason: string): void;
}

export interface SettingsFileWatchOptions {
  /** What the file held when it was read last; undefined: there was none. */
  readonly text: string | undefined;
  /** Between two looks. Default 500 ms. */
  readonly intervalMs?: number;
}

/**
 * Looks at a settings file again and again. Notifications of the file system would be sooner, but they follow a file that
 * an editor has put another in place of, and they do not come from mounted folders or into containers.
 *
 * A file that cannot be used is told of at the second look: at the first it may be half written.
 */
export class SettingsFileWatch {
  readonly #path: string;
  readonly #listener: SettingsFileListener;
  readonly #intervalMs: number;
  #held: string | undefined;
  /** Why the file could not be used at the last look. */
  #suspicion: { readonly reason: string; readonly isTold: boolean } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(
    path: string,
    listener: SettingsFileListener,
    { text, intervalMs = INTERVAL_MS }: SettingsFileWatchOptions,
  ) {
    this.#path = path;
    this.#listener = listener;
    this.#intervalMs = intervalMs;
    this.#held = text;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        if (!this.#isClosed) this.start();
      });
    }, this.#intervalMs);
    this.#timer.unref();
  }

  /** Nobody is told anything afterwards. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const seen = await this.#read();
    if (this.#isClosed) return;
    if ('problem' in seen) {
      this.#suspect(seen.problem);
      return;
    }
    this.#suspicion = undefined;
    if (seen.settings === undefined) return;
    this.#held = seen.text;
    this.#listener.changed(seen.settings);
  }

  /** `settings`: undefined when the file is as it was. */
  async #read(): Promise<{ text: string | undefined; settings?: UpstreamSettings } | { problem: string }> {
    try {
      const text = await readSettingsText(this.#path);
      if (text === this.#held) return { text };
      return text === undefined ? { problem: 'It is gone.' } : { text, settings: parseSettings(text) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }

  #suspect(reason: string): void {
    if (this.#suspicion?.reason !== reason) this.#suspicion = { reason, isTold: false };
    else if (!this.#suspicion.isTold) {
      this.#suspicion = { reason, isTold: true };
      this.#listener.broken(reason);
    }
  }
}
