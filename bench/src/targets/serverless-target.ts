// The service in Serverless mode with an upstream that answers what clients call.

import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BenchProcess } from '../machine/child-process.ts';
import { memoryProbeUrl, nodeCommand } from './node-server.ts';
import { ProcessName, type StartOptions, type Target } from './target.ts';
import type { Workspace } from './workspace.ts';

const START_MS = 30_000;
const CONNECTION_STRING = /(Endpoint=\S+)/;
const UPSTREAM_READY = /^ready (\S+)$/m;

/** The service as built in `root`. */
export async function startServerless(
  workspace: Workspace,
  { root, hasMemoryProbe }: StartOptions & { readonly root: string },
): Promise<Target> {
  const core = workspace.cores.server;
  const started: BenchProcess[] = [];
  const start = (name: string, command: string[]) => {
    const one = new BenchProcess({ name, command, core });
    started.unshift(one);
    return one;
  };
  const folder = await mkdtemp(path.join(tmpdir(), 'signalite-bench-'));
  // However the run ends.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const close = async () => {
    for (const one of started) await one.stop();
  };
  try {
    const upstreamScript = path.join(workspace.root, 'bench/dist/peers/upstream.js');
    const upstream = start('The upstream', nodeCommand(workspace, { script: upstreamScript, hasMemoryProbe: false }));
    await writeFile(
      path.join(folder, 'settings.json'),
      settings(await upstream.untilPrinted(UPSTREAM_READY, START_MS)),
    );
    const script = path.join(root, 'service/dist/cli.js');
    const args = ['--port', '0', '--service-mode', 'Serverless', '--config', folder];
    const service = start('The service', nodeCommand(workspace, { script, args, hasMemoryProbe }));
    const connectionString = await upstream.during(service.untilPrinted(CONNECTION_STRING, START_MS));
    const memoryUrl = hasMemoryProbe ? await memoryProbeUrl(service) : undefined;
    return {
      endpoint: { reach: 'rest', connectionString, hub: 'bench' },
      processes: [
        { name: ProcessName.Service, pid: service.pid, memoryUrl },
        { name: ProcessName.Upstream, pid: upstream.pid },
      ],
      hubProtocols: ['json'],
      during: (work) => upstream.during(service.during(work)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** It hears of calls alone, not of clients that come and go. */
function settings(upstreamUrl: string): string {
  const template = { UrlTemplate: `${upstreamUrl}/{event}`, CategoryPattern: 'messages' };
  return JSON.stringify({ UpstreamSettings: { Templates: [template] } });
}
