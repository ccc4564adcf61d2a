import { Encoder } from '@msgpack/msgpack';
import { prefixLength, writePrefix } from './binary-framing.ts';
import { encodeWithBigInt, holdsBigInt } from './messagepack-big-integer.ts';
import { CompletionKind } from './messagepack-completion-kind.ts';
import { ENCODER_DEPTH_MAX } from './messagepack-structure.ts';
import type { CompletionMessage, HubMessage, InvocationMessage, StreamInvocationMessage } from './messages.ts';

/** An encoder keeps its buffer for the next message; over this size it is given back. */
const BUFFER_KEPT_MAX_BYTES = 1 << 20;

let encoder = new Encoder({ maxDepth: ENCODER_DEPTH_MAX });

/** The whole frame of a hub message, length prefix included, in the long forms that .NET writes (client-protocol 7). */
export function encodeMessagePackMessage(message: HubMessage): Uint8Array {
  const body = encodeBody(toElements(message));
  const start = prefixLength(body.length);
  const frame = new Uint8Array(start + body.length);
  writePrefix(frame, 0, body.length);
  frame.set(body, start);
  if (body.length > BUFFER_KEPT_MAX_BYTES) encoder = new Encoder({ maxDepth: ENCODER_DEPTH_MAX });
  return frame;
}

/** A view of the encoder's buffer, or bytes of its own: copy it before the next message is encoded. */
function encodeBody(elements: readonly unknown[]): Uint8Array {
  try {
    return encoder.encodeSharedRef(elements);
  } catch (error) {
    if (holdsBigInt(elements)) return encodeWithBigInt(elements);
    throw error;
  }
}

function toElements(message: HubMessage): readonly unknown[] {
  switch (message.type) {
    case 1:
    case 4:
      return invocationElements(message);
    case 2:
      return [2, message.headers ?? {}, message.invocationId, message.item];
    case 3:
      return completionElements(message);
    case 5:
      return [5, message.headers ?? {}, message.invocationId];
    case 6:
      return [6];
    case 7:
      return [7, message.error ?? null, message.allowReconnect ?? false];
    case 8:
    case 9:
      return [message.type, message.sequenceId];
    default:
      return message satisfies never;
  }
}

function invocationElements(message: InvocationMessage | StreamInvocationMessage): readonly unknown[] {
  const { type, headers, invocationId, target, streamIds } = message;
  return [type, headers ?? {}, invocationId ?? null, target, message.arguments, streamIds ?? []];
}

function completionElements(message: CompletionMessage): readonly unknown[] {
  const { headers, invocationId } = message;
  if (message.error !== undefined) return [3, headers ?? {}, invocationId, CompletionKind.Error, message.error];
  if ('result' in message) return [3, headers ?? {}, invocationId, CompletionKind.Value, message.result];
  return [3, headers ?? {}, invocationId, CompletionKind.Void];
}
