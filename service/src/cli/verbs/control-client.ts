const ANSWER_MS = 60_000;
const API_VERSION = '2024-03-01';
const NOT_FOUND = 404;

/** Where a process listens that was started without a word about it. */
export const DEFAULT_CONTROL_URL = 'http://localhost:8889';
/** Every id of nothing but zeros is the local subscription. */
export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
export const PROVIDER = 'providers/Microsoft.SignalRService';

/** A verb that could not be done: the text says why, and what to do. */
export class VerbError extends Error {
  override readonly name = 'VerbError';
  /** 1, or 3 when something does not exist, as `az` has it. */
  readonly exitCode: 1 | 3;

  constructor(message: string, exitCode: 1 | 3 = 1, options?: ErrorOptions) {
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
    const response = await fetch(`${this.#url}${path}${separator}api-version=${API_VERSION}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS),
      ...init,
    }).catch((error: unknown) => {
      throw nobodyThere(this.#url, error);
    });
    const text = await response.text();
    if (!response.ok) throw refusalOf(response.status, text);
    return text === '' ? undefined : JSON.parse(text);
  }

  async list(): Promise<readonly ResourceDocument[]> {
    const answer = await this.request('GET', `${SUBSCRIPTION}/${PROVIDER}/signalR`);
    return isList(answer) ? answer.value : [];
  }

  /** Finds a resource by its name, whatever its case and wherever it is. Throws `VerbError` (3). */
  async find(name: string, group?: string): Promise<ResourceDocument> {
    const all = await this.list();
    const found = all.find((one) => one.name.toLowerCase() === name.toLowerCase());
    const isThere = found !== undefined && (group === undefined || groupOf(found) === group.toLowerCase());
    if (isThere) return found;
    const names = all.map((one) => `'${one.name}'`).join(', ');
    const where = group === undefined ? '' : ` in the resource group '${group}'`;
    throw new VerbError(`(ResourceNotFound) There is no resource '${name}'${where}. There are: ${names}.`, 3);
  }
}

function groupOf({ id }: ResourceDocument): string {
  return (/\/resourceGroups\/([^/]+)\//i.exec(id)?.[1] ?? '').toLowerCase();
}

function isList(value: unknown): value is { readonly value: readonly ResourceDocument[] } {
  return typeof value === 'object' && value !== null && 'value' in value && Array.isArray(value.value);
}

function nobodyThere(url: string, cause: unknown): VerbError {
  const isLate = cause instanceof Error && cause.name === 'TimeoutError';
  const text = isLate
    ? `The process at ${url} did not answer in time.`
    : `No signalite runs at ${url}. Start one in another terminal: signalite start. Or name another with --control-url.`;
  return new VerbError(text, 1, { cause });
}

/** `(Code) message`, as `az` prints it. */
function refusalOf(status: number, text: string): VerbError {
  const exitCode = status === NOT_FOUND ? 3 : 1;
  try {
    const document = JSON.parse(text);
    const { code, message } = document.error ?? document;
    if (typeof message === 'string') return new VerbError(`(${code}) ${message}`, exitCode);
  } catch {
    // No JSON: the text itself says it.
  }
  return new VerbError(`The process answered with ${status}: ${text}`, exitCode);
}
