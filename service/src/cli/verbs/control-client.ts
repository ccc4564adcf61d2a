import { z } from 'zod';
import { groupOf } from './shown-resource.ts';

const ANSWER_MS = 60_000;
const API_VERSION = '2024-03-01';
const NOT_FOUND = 404;

const problemSchema = z.object({ code: z.string(), message: z.string() });
/** Azure Monitor has it at the top. */
const refusalSchema = z.union([z.object({ error: problemSchema }), problemSchema]);

/** Where a process listens that was started without a word about it. */
export const DEFAULT_CONTROL_URL = 'http://localhost:8889';
/** Every id of nothing but zeros is the local subscription. */
export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
export const PROVIDER = 'providers/Microsoft.SignalRService';

/** A verb that could not be done: the text says why, and what to do. */
export class VerbError extends Error {
  override readonly name = 'VerbError';
  /** 1, 2 for a line that makes no sense, or 3 when something does not exist, as `az` has it. */
  readonly exitCode: 1 | 2 | 3;

  constructor(message: string, exitCode: 1 | 2 | 3 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** A resource as Azure Resource Manager shows it. */
export interface ResourceDocument {
  readonly id: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** The control port of a running process. */
export class ControlClient {
  readonly #url: string;

  /** Throws `VerbError` when it is no URL. */
  constructor(url: string) {
    if (!URL.canParse(url)) throw new VerbError(`The control URL must be one, such as ${DEFAULT_CONTROL_URL}.`);
    this.#url = url.replace(/\/+$/, '');
  }

  /** The JSON of an answer; undefined when it has none. Throws `VerbError`. */
  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    const separator = path.includes('?') ? '&' : '?';
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = fetch(`${this.#url}${path}${separator}api-version=${API_VERSION}`, { method, signal, ...init });
    const { ok, status, text } = await answer
      .then(async (response) => ({ ok: response.ok, status: response.status, text: await response.text() }))
      .catch((error: unknown) => {
        throw notReached(this.#url, error);
      });
    if (text === '' && ok) return undefined;
    const document = readJson(text);
    if (document === undefined) throw new VerbError(strangerText(this.#url, status));
    if (!ok) throw refusalOf(status, document, strangerText(this.#url, status));
    return document;
  }

  async list(): Promise<readonly ResourceDocument[]> {
    const answer = await this.request('GET', `${SUBSCRIPTION}/${PROVIDER}/signalR`);
    return isList(answer) ? answer.value : [];
  }

  /** Finds a resource by its name, whatever its case and wherever it is. Throws `VerbError` (3). */
  async find(name: string, group?: string): Promise<ResourceDocument> {
    const all = await this.list();
    const found = all.find((one) => one.name.toLowerCase() === name.toLowerCase());
    const isThere =
      found !== undefined && (group === undefined || groupOf(found.id).toLowerCase() === group.toLowerCase());
    if (isThere) return found;
    const names = all.map((one) => `'${one.name}'`).join(', ');
    const where = group === undefined ? '' : ` in the resource group '${group}'`;
    throw new VerbError(`(ResourceNotFound) There is no resource '${name}'${where}. There are: ${names}.`, 3);
  }
}

function isList(value: unknown): value is { readonly value: readonly ResourceDocument[] } {
  return typeof value === 'object' && value !== null && 'value' in value && Array.isArray(value.value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notReached(url: string, error: unknown): VerbError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new VerbError(`The process at ${url} did not answer in time.`, 1, { cause: error });
  }
  const code = causeOf(error);
  const trust = url.startsWith('https:') ? ' Trust its certificate with NODE_EXTRA_CA_CERTS, or use http.' : '';
  const text =
    code === undefined || code === 'ECONNREFUSED'
      ? `No signalite runs at ${url}. Start one in another terminal: signalite start. Or name another with --control-url.`
      : `${url} cannot be reached (${code}).${trust}`;
  return new VerbError(text, 1, { cause: error });
}

function causeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}

function strangerText(url: string, status: number): string {
  return `What answers at ${url} (with ${status}) is no control port of signalite. signalite start prints where it is; name it with --control-url.`;
}

/** `(Code) message`, as `az` prints it. */
function refusalOf(status: number, document: unknown, stranger: string): VerbError {
  const read = refusalSchema.safeParse(document);
  if (!read.success) return new VerbError(stranger);
  const { code, message } = 'error' in read.data ? read.data.error : read.data;
  return new VerbError(`(${code}) ${message}`, status === NOT_FOUND ? 3 : 1);
}
