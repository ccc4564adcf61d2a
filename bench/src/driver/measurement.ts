import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessUsage, sampleMachineSeconds, sampleOwnSeconds, sampleProcess } from '../machine/process-usage.ts';
import { sourceAddresses } from '../machine/source-addresses.ts';
import { HubClient } from './hub-client.ts';
import { Latencies } from './latencies.ts';
import {
  type DriverTask,
  type LoadResult,
  type MemoryFigures,
  type ProcessFigures,
  Scenario,
  type WatchedProcess,
} from './load.ts';
import { type MemoryUsage, measureMemory, memoryFigures } from './memory.ts';
import { negotiate } from './negotiate.ts';
import { Pacer } from './pacer.ts';
import { readConnectionString, signToken } from './service-token.ts';
import { createTraffic } from './traffic.ts';

const CONNECTS_AT_A_TIME = 64;
/** Clients whose messages are timed when one send reaches many: timing all would cost the driver too much. */
const TIMED_CLIENTS = 64;
const DRAIN_MS = 10_000;

/** Everything that counts, at one moment. */
interface Snapshot {
  readonly atMs: number;
  readonly received: number;
  readonly driverSeconds: number;
  readonly machineSeconds: number;
  readonly usages: readonly ProcessUsage[];
}

/** One measurement: connects, lets the load run, reads the meters before and after. */
export class Measurement {
  readonly #task: DriverTask;
  readonly #addresses: readonly string[];
  readonly #latencies = new Latencies();
  #pacer: Pacer | undefined;
  #lostConnections = 0;

  constructor(task: DriverTask) {
    this.#task = task;
    this.#addresses = sourceAddresses(task.load.connections, process.pid);
  }

  async run(): Promise<LoadResult> {
    const { load } = this.#task;
    const memoryBefore = await this.#memory();
    const before = this.#snapshot();
    const clients = await this.#connect();
    const connected = this.#snapshot();
    await sleep(load.settleMs);
    const memoryAfter = await this.#memory();
    const traffic = await this.#traffic(clients);
    const [from, to] = traffic.span;
    for (const client of clients) client.close();
    return {
      acceptSeconds: seconds(before, connected),
      connectsPerSecond: load.connections / seconds(before, connected),
      // Where nothing is sent, what counts is the time in which clients came.
      ...(load.scenario === Scenario.Idle ? rates(before, connected) : rates(from, to)),
      latencyMs: this.#latencies.summary(),
      lostMessages: traffic.lost,
      lostConnections: this.#lostConnections,
      processes: Object.fromEntries(
        this.#task.processes.map(({ name }, index) => [
          name,
          {
            ...cpuFigures({ index, before, connected, from, to, connections: load.connections }),
            ...memoryFigures(at(memoryBefore, index), at(memoryAfter, index), load.connections),
          },
        ]),
      ),
    };
  }

  async #connect(): Promise<HubClient[]> {
    const { load } = this.#task;
    const clients: HubClient[] = [];
    let next = 0;
    const connectSome = async () => {
      while (next < load.connections) {
        const index = next++;
        clients[index] = await this.#open(index);
      }
    };
    await Promise.all(Array.from({ length: CONNECTS_AT_A_TIME }, connectSome));
    return clients;
  }

  async #open(index: number): Promise<HubClient> {
    const { endpoint, load } = this.#task;
    return await HubClient.open({
      url: endpoint.reach === 'hub' ? await negotiate(endpoint.url) : await negotiateDirect(endpoint, index),
      hubProtocol: load.hubProtocol,
      localAddress: this.#addresses[index % this.#addresses.length],
      onMessages: (count) => this.#pacer?.received(index, count),
      onLost: () => {
        this.#lostConnections += 1;
      },
    });
  }

  async #traffic(clients: readonly HubClient[]): Promise<{ span: readonly [Snapshot, Snapshot]; lost: number }> {
    const { load, endpoint } = this.#task;
    const traffic = await createTraffic(load, endpoint, clients);
    const pacer = new Pacer(traffic, load.pace);
    this.#pacer = pacer;
    this.#time(clients, traffic.fanOut > 1 ? TIMED_CLIENTS : clients.length);
    pacer.start();
    await sleep(load.warmupMs);
    this.#latencies.reset();
    const from = this.#snapshot();
    await sleep(load.durationMs);
    const to = this.#snapshot();
    pacer.stop();
    return { span: [from, to], lost: await lostAfterDrain(pacer) };
  }

  /** Times the messages of some clients, the last one always among them: a fan-out reaches it late. */
  #time(clients: readonly HubClient[], wanted: number): void {
    const every = Math.max(1, Math.floor(clients.length / wanted));
    for (const [index, client] of clients.entries()) {
      if (index % every !== 0 && index !== clients.length - 1) continue;
      client.onStamp = (sentMs) => this.#latencies.add(performance.now() - sentMs);
    }
  }

  /** One after another: they share a core. */
  async #memory(): Promise<MemoryUsage[]> {
    const { load, processes } = this.#task;
    const collects = load.scenario === Scenario.Idle;
    const usages: MemoryUsage[] = [];
    for (const one of processes) usages.push(await measureMemory(one, { collects }));
    return usages;
  }

  #snapshot(): Snapshot {
    return {
      atMs: performance.now(),
      received: this.#pacer?.receivedCount ?? 0,
      driverSeconds: sampleOwnSeconds(),
      machineSeconds: sampleMachineSeconds(),
      usages: this.#task.processes.map(({ pid }: WatchedProcess) => sampleProcess(pid)),
    };
  }
}

async function negotiateDirect(
  { connectionString, hub }: Extract<DriverTask['endpoint'], { reach: 'rest' }>,
  index: number,
): Promise<URL> {
  const { endpoint, accessKey } = readConnectionString(connectionString);
  const audience = `${endpoint}/client/?hub=${hub}`;
  return await negotiate(audience, signToken(accessKey, audience, { sub: `user${index}` }));
}

/** Waits for what is still on its way; gives what did not come. */
async function lostAfterDrain(pacer: Pacer): Promise<number> {
  const deadlineMs = performance.now() + DRAIN_MS;
  while (pacer.receivedCount < pacer.expectedCount && performance.now() < deadlineMs) await sleep(10);
  return pacer.expectedCount - pacer.receivedCount;
}

function rates(from: Snapshot, to: Snapshot) {
  const span = seconds(from, to);
  const driver = to.driverSeconds - from.driverSeconds;
  const servers = cpuSeconds(to.usages) - cpuSeconds(from.usages);
  return {
    deliveredPerSecond: (to.received - from.received) / span,
    driverCpu: driver / span,
    otherCpu: Math.max(0, (to.machineSeconds - from.machineSeconds - servers - driver) / span),
  };
}

type CpuFigures = Omit<ProcessFigures, keyof MemoryFigures>;

interface Meters {
  readonly index: number;
  readonly before: Snapshot;
  readonly connected: Snapshot;
  readonly from: Snapshot;
  readonly to: Snapshot;
  readonly connections: number;
}

function cpuFigures({ index, before, connected, from, to, connections }: Meters): CpuFigures {
  const usageAt = ({ usages }: Snapshot) => at(usages, index);
  // An idle load delivers nothing, and zero is what JSON can say of it.
  const messages = Math.max(1, to.received - from.received);
  const connectSeconds = cpuSeconds([usageAt(connected)]) - cpuSeconds([usageAt(before)]);
  return {
    userUs: ((usageAt(to).userSeconds - usageAt(from).userSeconds) / messages) * 1e6,
    systemUs: ((usageAt(to).systemSeconds - usageAt(from).systemSeconds) / messages) * 1e6,
    connectUs: (connectSeconds / connections) * 1e6,
    peakRssMb: usageAt(to).peakRssBytes / 2 ** 20,
  };
}

function at<T>(usages: readonly T[], index: number): T {
  const usage = usages[index];
  if (usage === undefined) throw new Error('A watched process has no figures.');
  return usage;
}

function cpuSeconds(usages: readonly ProcessUsage[]): number {
  return usages.reduce((sum, { userSeconds, systemSeconds }) => sum + userSeconds + systemSeconds, 0);
}

function seconds(from: Snapshot, to: Snapshot): number {
  return (to.atMs - from.atMs) / 1000;
}
