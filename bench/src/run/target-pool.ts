import { type Load, Scenario } from '../driver/load.ts';
import type { WarmUp } from '../experiments/scale.ts';
import { type StartOptions, type Target, TargetName } from '../targets/target.ts';
import type { TargetSources } from '../targets/target-sources.ts';
import type { Workspace } from '../targets/workspace.ts';
import { drive } from './drive.ts';

/** What they get goes to all, or nowhere. */
const WITHOUT_ECHO: ReadonlySet<TargetName> = new Set([TargetName.SocketLoop, TargetName.Emulator]);

/** Its port stands in the command that starts it, so one of it runs at a time. */
const ALONE: ReadonlySet<TargetName> = new Set([TargetName.Emulator]);

/** Targets that stay up from one measurement to the next. */
export class TargetPool {
  readonly #workspace: Workspace;
  readonly #sources: TargetSources;
  readonly #warmUp: WarmUp;
  readonly #targets = new Map<TargetName, Target>();

  constructor(workspace: Workspace, sources: TargetSources, warmUp: WarmUp) {
    this.#workspace = workspace;
    this.#sources = sources;
    this.#warmUp = warmUp;
  }

  /** A warm target, started when it is first wanted. */
  async get(name: TargetName): Promise<Target> {
    const known = this.#targets.get(name);
    if (known !== undefined) return known;
    const target = await this.#start(name, { hasMemoryProbe: false });
    this.#targets.set(name, target);
    this.#workspace.progress(`warms ${name}`);
    const source = this.#sources[name];
    const durationMs = 'start' in source && source.isDotnet ? this.#warmUp.dotnetMs : this.#warmUp.otherMs;
    const { connections } = this.#warmUp;
    for (const hubProtocol of target.hubProtocols) {
      await this.#busy(target, { scenario: Scenario.Broadcast, hubProtocol, connections, durationMs });
      if (!WITHOUT_ECHO.has(name)) {
        await this.#busy(target, { scenario: Scenario.Echo, hubProtocol, connections, durationMs });
      }
    }
    return target;
  }

  /** A fresh target whose memory can be looked at; the caller closes it. */
  async startCold(name: TargetName): Promise<Target> {
    if (ALONE.has(name)) {
      await this.#targets.get(name)?.close();
      this.#targets.delete(name);
    }
    return await this.#start(name, { hasMemoryProbe: true });
  }

  async close(): Promise<void> {
    for (const target of this.#targets.values()) await target.close();
    this.#targets.clear();
  }

  /** It has loaded its code and done nothing more. */
  async #start(name: TargetName, options: StartOptions): Promise<Target> {
    const source = this.#sources[name];
    if ('absent' in source) throw new Error(`${name} is not there: ${source.absent}.`);
    this.#workspace.progress(`starts ${name}`);
    const target = await source.start(options);
    try {
      await this.#busy(target, { scenario: Scenario.Broadcast, hubProtocol: 'json', connections: 20, durationMs: 500 });
      return target;
    } catch (error) {
      await target.close();
      throw error;
    }
  }

  async #busy(target: Target, load: Busy): Promise<void> {
    const pace = { kind: 'closed', window: 1 } as const;
    await drive(this.#workspace, target, { ...load, payloadBytes: 128, pace, settleMs: 0, warmupMs: 0 });
  }
}

type Busy = Pick<Load, 'scenario' | 'hubProtocol' | 'connections' | 'durationMs'>;
