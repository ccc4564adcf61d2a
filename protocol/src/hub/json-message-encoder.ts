import { toJsonText } from './json-output.ts';
import type {
  CompletionMessage,
  HubMessage,
  HubMessageHeaders,
  InvocationMessage,
  StreamInvocationMessage,
} from './messages.ts';

// Members in the order in which ASP.NET Core writes them (client-protocol 7). Optional ones are left out, never null.

/** The JSON text of a hub message, without the record separator. */
export function encodeJsonMessage(message: HubMessage): string {
  switch (message.type) {
    case 1:
    case 4:
      return encodeInvocation(message);
    case 2:
      return `${openWithId(message)},"item":${toJsonText(message.item)}}`;
    case 3:
      return `${openWithId(message)}${completionOutcome(message)}}`;
    case 5:
      return `${openWithId(message)}}`;
    case 6:
      return '{"type":6}';
    case 7:
      return `{"type":7${member('error', message.error)}${message.allowReconnect === true ? ',"allowReconnect":true' : ''}}`;
    case 8:
    case 9:
      return `{"type":${message.type},"sequenceId":${message.sequenceId}}`;
    default:
      return message satisfies never;
  }
}

interface Addressed {
  readonly type: number;
  readonly headers?: HubMessageHeaders;
  readonly invocationId?: string;
}

function openWithId(message: Addressed): string {
  return `{"type":${message.type}${headers(message.headers)}${member('invocationId', message.invocationId)}`;
}

function headers(value: HubMessageHeaders | undefined): string {
  return value === undefined || Object.keys(value).length === 0 ? '' : member('headers', value);
}

function member(name: string, value: string | object | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`;
}

function encodeInvocation(message: InvocationMessage | StreamInvocationMessage): string {
  const streamIds = message.streamIds?.length ? member('streamIds', message.streamIds) : '';
  return `${openWithId(message)}${member('target', message.target)},"arguments":${toJsonText(message.arguments)}${streamIds}}`;
}

function completionOutcome(message: CompletionMessage): string {
  if (message.error !== undefined) return member('error', message.error);
  return 'result' in message ? `,"result":${toJsonText(message.result)}` : '';
}
