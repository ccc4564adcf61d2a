import { ProtocolError } from '../protocol-error.ts';
import { type JsonObject, missingProperty, parseJsonObject, wrongType } from './json-input.ts';
import { decodeUtf8, RECORD_SEPARATOR, writeTextFrame } from './text-framing.ts';

/** The first message of a client: always JSON, whatever the hub protocol (client-protocol 3.1). */
export interface HandshakeRequest {
  /** Compared without case by servers. */
  readonly protocol: string;
  readonly version: number;
}

/** The answer to it; success when `error` is absent. */
export interface HandshakeResponse {
  readonly error?: string;
}

/** A request, and how many bytes of the input it took: what follows belongs to the hub protocol. */
export interface ParsedHandshakeRequest {
  readonly request: HandshakeRequest;
  /** The record separator is counted. */
  readonly length: number;
}

/** A response, and how many bytes of the input it took: what follows belongs to the hub protocol. */
export interface ParsedHandshakeResponse {
  readonly response: HandshakeResponse;
  /** The record separator is counted. */
  readonly length: number;
}

/**
 * Reads a handshake request at the start of `bytes`; undefined when it is not complete yet. The caller bounds how many
 * bytes it collects. Throws a `ProtocolError` (`invalid-handshake`) for anything but `{"protocol":…,"version":…}`.
 */
export function parseHandshakeRequest(bytes: Uint8Array): ParsedHandshakeRequest | undefined {
  const frame = readFrame(bytes);
  if (frame === undefined) return undefined;
  const protocol = frame.object['protocol'];
  if (protocol === undefined) throw missingProperty('protocol', 'invalid-handshake');
  if (typeof protocol !== 'string') throw wrongType('protocol', 'String', 'invalid-handshake');
  const version = frame.object['version'];
  if (version === undefined) throw missingProperty('version', 'invalid-handshake');
  if (!Number.isSafeInteger(version) || typeof version !== 'number') {
    throw wrongType('version', 'Number', 'invalid-handshake');
  }
  return { request: { protocol, version }, length: frame.length };
}

/**
 * Reads a handshake response at the start of `bytes`; undefined when it is not complete yet. Throws a `ProtocolError`
 * (`invalid-handshake`) for what is no response, a hub message that came too early included.
 */
export function parseHandshakeResponse(bytes: Uint8Array): ParsedHandshakeResponse | undefined {
  const frame = readFrame(bytes);
  if (frame === undefined) return undefined;
  if (Object.hasOwn(frame.object, 'type')) {
    throw new ProtocolError('invalid-handshake', 'Expected a handshake response from the server.');
  }
  const error = frame.object['error'];
  if (error === undefined) return { response: {}, length: frame.length };
  if (typeof error !== 'string') throw wrongType('error', 'String', 'invalid-handshake');
  return { response: { error }, length: frame.length };
}

/** The bytes of a handshake request, record separator included. */
export function encodeHandshakeRequest(request: HandshakeRequest): Uint8Array {
  return writeTextFrame(JSON.stringify({ protocol: request.protocol, version: request.version }));
}

/** The bytes of a handshake response, record separator included; success without `error`. */
export function encodeHandshakeResponse(error?: string): Uint8Array {
  return writeTextFrame(error === undefined ? '{}' : JSON.stringify({ error }));
}

function readFrame(bytes: Uint8Array): { object: JsonObject; length: number } | undefined {
  const end = bytes.indexOf(RECORD_SEPARATOR);
  if (end < 0) return undefined;
  const text = decodeUtf8(bytes.subarray(0, end), 'invalid-handshake');
  return { object: parseJsonObject(text, 'invalid-handshake'), length: end + 1 };
}
