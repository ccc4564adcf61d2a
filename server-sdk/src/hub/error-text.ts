// What clients are told of failures, in the words of ASP.NET Core (client-protocol 3.5, 6.9).
import { HubException } from '../errors.ts';

/** Text without the error, which is added when the client may know it. */
function withDetail(text: string, error: unknown, isDetailed: boolean): string {
  if (!isDetailed && !(error instanceof HubException)) return text;
  return error instanceof Error ? `${text} ${error.name}: ${error.message}` : `${text} ${String(error)}`;
}

/** The same for errors that .NET has a name for and we do not. */
function withDotNetDetail(text: string, detail: string, isDetailed: boolean): string {
  return isDetailed ? `${text} ${detail}` : text;
}

export function methodDoesNotExist(target: string): string {
  return `Failed to invoke '${target}' due to an error on the server. HubException: Method does not exist.`;
}

export function wrongArgumentCount(
  target: string,
  counts: { readonly given: number; readonly expected: number },
  isDetailed: boolean,
): string {
  const detail = `InvalidDataException: Invocation provides ${counts.given} argument(s) but target expects ${counts.expected}.`;
  return withDotNetDetail(`Failed to invoke '${target}' due to an error on the server.`, detail, isDetailed);
}

/** `issues` says which argument is wrong, when somebody knows. */
export function argumentsNotBound(target: string, issues: string, isDetailed: boolean): string {
  const known = issues === '' ? '' : ` ${issues}`;
  const detail = `InvalidDataException: Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.${known}`;
  return withDotNetDetail(`Failed to invoke '${target}' due to an error on the server.`, detail, isDetailed);
}

export function notAuthorized(target: string): string {
  return `Failed to invoke '${target}' because user is unauthorized`;
}

export function streamingMethodInvoked(target: string): string {
  return `The client attempted to invoke the streaming '${target}' method with a non-streaming invocation.`;
}

export function plainMethodStreamed(target: string): string {
  return `The client attempted to invoke the non-streaming '${target}' method with a streaming invocation.`;
}

export function noStreamReturned(target: string): string {
  return `The value returned by the streaming method '${target}' is not a ChannelReader<> or IAsyncEnumerable<>.`;
}

export function methodFailed(target: string, error: unknown, isDetailed: boolean): string {
  return withDetail(`An unexpected error occurred invoking '${target}' on the server.`, error, isDetailed);
}

export function streamFailed(error: unknown, isDetailed: boolean): string {
  return withDetail('An error occurred on the server while streaming results.', error, isDetailed);
}

export function wrongStreamCount(counts: { readonly given: number; readonly expected: number }): HubException {
  return new HubException(`Client sent ${counts.given} stream(s), Hub method expects ${counts.expected}.`);
}

export function invocationIdInUse(invocationId: string): string {
  return `Invocation ID '${invocationId}' is already in use.`;
}

export function connectionClosedWithError(error: unknown, isDetailed: boolean): string {
  return withDetail('Connection closed with an error.', error, isDetailed);
}

/** The same for input that cannot be read: .NET knows such an error by this name. */
export function connectionClosedByInput(message: string, isDetailed: boolean): string {
  return withDotNetDetail('Connection closed with an error.', `InvalidDataException: ${message}`, isDetailed);
}

export function handshakeFailed(message: string, isDetailed: boolean): string {
  const text = 'An unexpected error occurred during connection handshake.';
  return withDotNetDetail(text, `InvalidDataException: ${message}`, isDetailed);
}

export const HANDSHAKE_CANCELED = 'Handshake was canceled.';

export function protocolNotSupported(name: string): string {
  return `The protocol '${name}' is not supported.`;
}

export function protocolVersionNotSupported(name: string, version: number): string {
  return `The server does not support version ${version} of the '${name}' protocol.`;
}
