// Asks the service for a key to sign client tokens with (service-protocol 11; rest-api 3.4).
import { accessKeyUrl } from '@signalite/protocol';
import { SignalRServerError } from '../errors.ts';
import type { IssuedKey } from './endpoint-tokens.ts';

const REQUEST_TIMEOUT_MS = 15_000;
const TEXT_MAX_CHARACTERS = 65_536;
const ANSWER_MAX_CHARACTERS = 500;

const HINTS: Readonly<Record<number, string>> = {
  400: 'The service does not hand out keys: is it signalite without --entra?',
  401: 'The service does not take this identity: is the token of the right tenant?',
  403: "Give the identity the role 'SignalR App Server' on the resource.",
  404: 'There is no such service at this address. Check Endpoint in the connection string.',
};

/** The service's answer to a request for a key was a refusal. */
export class KeyRefusedError extends SignalRServerError {
  /** Asking again at once will not help. */
  readonly isFinal: boolean;

  constructor(status: number, answer: string) {
    const hint = HINTS[status];
    const words = answer === '' ? '' : ` ${answer}`;
    super('sign-in-failed', `The service gave no key for client tokens (${status}).${words}${hint ? ` ${hint}` : ''}`);
    this.isFinal = hint !== undefined;
  }
}

/** Rejects with a `SignalRServerError` (`sign-in-failed`). */
export async function fetchAccessKey(serverEndpoint: string, bearer: string): Promise<IssuedKey> {
  const response = await ask(accessKeyUrl(serverEndpoint), bearer);
  const { status, text } = response;
  // Nobody should repeat a token, but what repeats it must not get into a log.
  if (status !== 200) throw new KeyRefusedError(status, shorten(text.replaceAll(bearer, '…')));
  const key = readKey(text);
  if (key === undefined) throw failed('The service answered without AccessKey and KeyId.');
  return key;
}

async function ask(url: string, bearer: string): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const response = await fetch(url, {
      headers: { Authorization: `Bearer ${bearer}` },
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return { status: response.status, text: await readText(response) };
  } catch (error) {
    throw failed(`The service could not be asked for a key for client tokens: ${reasonOf(error)}.`, error);
  }
}

/** As much as a key needs; more is no key. */
async function readText({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > TEXT_MAX_CHARACTERS) break;
  }
  return text;
}

function readKey(text: string): IssuedKey | undefined {
  const answer = parseJson(text);
  if (typeof answer !== 'object' || answer === null || !('AccessKey' in answer) || !('KeyId' in answer))
    return undefined;
  const { AccessKey: accessKey, KeyId: keyId } = answer;
  const isUsable = typeof accessKey === 'string' && typeof keyId === 'string' && accessKey !== '' && keyId !== '';
  return isUsable ? { accessKey, keyId } : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  return text.trim().slice(0, ANSWER_MAX_CHARACTERS);
}

/** `fetch` hides in the cause what went wrong. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}

function failed(message: string, cause?: unknown): SignalRServerError {
  return new SignalRServerError('sign-in-failed', message, { cause });
}
