// What the service says no with (rest-api 3.2, 6).
import { SignalRServerError } from '../../errors.ts';

/** The service answered a REST call with an error status. */
export class RequestRefusedError extends SignalRServerError {
  /** HTTP status. */
  readonly status: number;
  /** The service's own code, such as `Error.Request.Invalid`. Undefined when it gave none. */
  readonly serviceCode: string | undefined;
  /** The service's own words, without ours; may be empty. */
  readonly words: string;

  constructor(refusal: Refusal) {
    super('request-refused', describe(refusal));
    this.status = refusal.status;
    this.serviceCode = refusal.serviceCode;
    this.words = refusal.words;
  }
}

export interface Refusal {
  readonly status: number;
  readonly serviceCode: string | undefined;
  /** What the service said; may be empty. */
  readonly words: string;
}

const WORDS_MAX_CHARACTERS = 500;

const HINTS: Readonly<Record<number, string>> = {
  401: 'Check the AccessKey of the connection string, and the clock of this machine.',
  403: 'The service does not let this key or identity in. An identity needs the role SignalR REST API Owner or SignalR Service Owner.',
  413: 'Send less at once, or use the persistent transport.',
  414: 'The ids, names or reason are too long for a URL. Use fewer of them, or the persistent transport.',
  415: 'This service reads messages of plain JSON values only.',
  429: 'The service wants fewer calls.',
  431: 'The token is too long. Use shorter ids and names.',
};
const NOT_HERE = 'Is this the address of the service? Check Endpoint in the connection string.';

/** Reads an answer whose status is an error. */
export function readRefusal(response: Response, body: string): Refusal {
  const { message, code } = readErrorDetail(body);
  const serviceCode = response.headers.get('x-ms-error-code')?.split(',')[0]?.trim() || code;
  const words = message ?? challengeText(response.headers.get('www-authenticate')) ?? body;
  return { status: response.status, serviceCode, words: words.trim().slice(0, WORDS_MAX_CHARACTERS) };
}

function describe({ status, serviceCode, words }: Refusal): string {
  const hint = HINTS[status] ?? (status === 404 && serviceCode === undefined ? NOT_HERE : undefined);
  const parts = [`The service refused the request (${status}).`, sentence(words), hint];
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

function sentence(words: string): string {
  return words === '' || /[.!?]$/.test(words) ? words : `${words}.`;
}

interface ErrorDetail {
  readonly code?: string;
  readonly message?: string;
}

function readErrorDetail(body: string): ErrorDetail {
  const parsed = parseJson(body);
  if (typeof parsed !== 'object' || parsed === null) return {};
  return {
    ...('code' in parsed && typeof parsed.code === 'string' ? { code: parsed.code } : {}),
    ...('message' in parsed && typeof parsed.message === 'string' ? { message: parsed.message } : {}),
  };
}

/** What stands in `error_description`: a refused token is answered without a body. */
function challengeText(header: string | null): string | undefined {
  return header === null ? undefined : /error_description="([^"]*)"/.exec(header)?.[1];
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
