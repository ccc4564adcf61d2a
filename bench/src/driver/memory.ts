import { sampleProcess } from '../machine/process-usage.ts';
import type { MemoryFigures, WatchedProcess } from './load.ts';

const COLLECT_MS = 60_000;

/** Memory of one process at one moment, in bytes. */
export interface MemoryUsage {
  /** Resident, as it is. */
  readonly rssBytes: number;
  /** What a collection leaves; undefined for processes that cannot be asked. */
  readonly collected: CollectedMemory | undefined;
}

export interface CollectedMemory {
  /** Heap and buffers in use. */
  readonly liveBytes: number;
  readonly rssBytes: number;
}

/** Looks at the process as it is; where that is wanted and it can be asked to, has it collect its garbage then. */
export async function measureMemory(
  { pid, memoryUrl }: WatchedProcess,
  { collects }: { readonly collects: boolean },
): Promise<MemoryUsage> {
  const { rssBytes } = sampleProcess(pid);
  if (!collects || memoryUrl === undefined) return { rssBytes, collected: undefined };
  const answer = await fetch(memoryUrl, { signal: AbortSignal.timeout(COLLECT_MS) });
  const { liveBytes }: { readonly liveBytes?: unknown } = JSON.parse(await answer.text());
  if (typeof liveBytes !== 'number') throw new Error(`${memoryUrl} does not say how much memory is in use.`);
  return { rssBytes, collected: { liveBytes, rssBytes: sampleProcess(pid).rssBytes } };
}

/** What connections added between two looks. */
export function memoryFigures(before: MemoryUsage, after: MemoryUsage, connections: number): MemoryFigures {
  const perConnectionKb = (bytes: number) => bytes / connections / 1024;
  return {
    rssMb: after.rssBytes / 2 ** 20,
    rssPerConnectionKb: perConnectionKb(after.rssBytes - before.rssBytes),
    ...(before.collected === undefined || after.collected === undefined
      ? {}
      : {
          collectedRssPerConnectionKb: perConnectionKb(after.collected.rssBytes - before.collected.rssBytes),
          livePerConnectionKb: perConnectionKb(after.collected.liveBytes - before.collected.liveBytes),
        }),
  };
}
