import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { type ResourceRecord, resourceRecordSchema } from './resource-record.ts';
import type { BrokenRecord, LoadedRecords, ResourceStore } from './resource-store.ts';

const RECORD_SUFFIX = '.json';
// What an atomic write leaves behind when the process dies before its rename.
const LEFTOVER = /\.json\.\d+$/;
// Records hold keys.
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const INDENT = 2;

/**
 * One file a resource, `<name>.json`. A file is replaced as a whole: written beside it, flushed, renamed; so whoever
 * reads it finds the old state or the new one. A file that cannot be read is set aside, never overwritten.
 */
export class FolderStore implements ResourceStore {
  readonly #folder: string;
  readonly #now: () => number;
  /** Files that cannot be read and could not be moved. */
  readonly #blocked = new Set<string>();

  /** `folder`: made when the first resource is kept. `now`: milliseconds since 1970. */
  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  async load(): Promise<LoadedRecords> {
    const records: ResourceRecord[] = [];
    const broken: BrokenRecord[] = [];
    const files = await this.#files().catch((error: unknown) => {
      broken.push({ file: this.#folder, reason: textOf(error), setAsideAs: undefined });
      return [];
    });
    for (const file of files) {
      // Nobody writes now: it was left by a process that died. One that cannot be removed is in nobody's way.
      if (LEFTOVER.test(file)) await rm(join(this.#folder, file), { force: true }).catch(ignoreLeftover);
      if (!file.endsWith(RECORD_SUFFIX)) continue;
      const read = await this.#read(file);
      if ('record' in read) records.push(read.record);
      else broken.push(await this.#setAside(file, read.problem));
    }
    return { records, broken };
  }

  async save(record: ResourceRecord): Promise<void> {
    const file = fileOf(record.name);
    if (this.#blocked.has(file)) {
      throw new Error(`${join(this.#folder, file)} cannot be read and cannot be moved. Move it away.`);
    }
    await mkdir(this.#folder, { recursive: true, mode: FOLDER_MODE });
    await writeFileAtomic(join(this.#folder, file), `${JSON.stringify(record, undefined, INDENT)}\n`, {
      mode: FILE_MODE,
    });
    await flushFolder(this.#folder);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, fileOf(name)), { force: true });
    await flushFolder(this.#folder);
  }

  async #files(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#folder)).sort();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async #read(file: string): Promise<{ readonly record: ResourceRecord } | { readonly problem: string }> {
    try {
      const parsed = resourceRecordSchema.safeParse(JSON.parse(await readFile(join(this.#folder, file), 'utf8')));
      if (!parsed.success) return { problem: parsed.error.issues.map(issueText).join(' ') };
      if (fileOf(parsed.data.name) !== file) return { problem: `It holds the resource '${parsed.data.name}'.` };
      return { record: parsed.data };
    } catch (error) {
      // A parser's text quotes what it read, which may be a key.
      return { problem: error instanceof SyntaxError ? 'It is no JSON.' : textOf(error) };
    }
  }

  async #setAside(file: string, reason: string): Promise<BrokenRecord> {
    const from = join(this.#folder, file);
    const to = `${from}.broken-${this.#now()}`;
    try {
      await rename(from, to);
      return { file: from, reason, setAsideAs: to };
    } catch {
      // Told of by the missing `setAsideAs`.
      this.#blocked.add(file);
      return { file: from, reason, setAsideAs: undefined };
    }
  }
}

/** Names compare without case, whatever the file system does. */
function fileOf(name: string): string {
  return `${name.toLowerCase()}${RECORD_SUFFIX}`;
}

/** A rename is only there after a power cut when its folder was flushed. Windows cannot, and need not. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

function issueText({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return `${path.map(String).join('.')}: ${message}.`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function ignoreLeftover(): void {
  // See above.
}
