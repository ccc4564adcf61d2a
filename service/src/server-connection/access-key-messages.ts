import type { AccessKeyRequestMessage } from '@signalite/protocol/service';
import type { MessageHost } from './message-host.ts';
import type { AccessKeyGrant } from './server-context.ts';
import { settle } from './settle.ts';

/** App servers whose token is being looked at: one at a time of each, for that may take a while. */
const waiting = new WeakSet<MessageHost>();
/** App servers that were refused and have been told of. */
const refused = new WeakSet<MessageHost>();

const TOO_LONG: AccessKeyGrant = { errorType: 'Unauthorized', errorMessage: 'The token is too long.' };
const TOO_MANY: AccessKeyGrant = {
  errorType: 'TooManyRequests',
  errorMessage: 'An access key was asked for already. Wait for the answer.',
};
const NO_TOKEN: AccessKeyGrant = {
  errorType: 'Unauthorized',
  errorMessage: 'A request for an access key needs a token of Microsoft Entra ID.',
};

/** Answers an app server that asks for a key to sign client tokens with (service-protocol 11). */
export function answerAccessKeyRequest(host: MessageHost, { token }: AccessKeyRequestMessage): void {
  const { limits, grantAccessKey } = host.context;
  if (token === undefined || token === '') answer(host, NO_TOKEN);
  // As long as the same token may be in the header of an upgrade.
  else if (token.length > limits.headerBytes) answer(host, TOO_LONG);
  else if (waiting.has(host)) answer(host, TOO_MANY);
  else {
    waiting.add(host);
    const granted = grantAccessKey(token)
      .then((grant) => answer(host, grant))
      .finally(() => waiting.delete(host));
    settle(host, granted);
  }
}

function answer(host: MessageHost, grant: AccessKeyGrant): void {
  if (host.state.name !== 'open') return;
  if ('accessKey' in grant) {
    refused.delete(host);
    host.outbox.append({ type: 29, kid: grant.keyId, accessKey: grant.accessKey });
    return;
  }
  host.outbox.append({ type: 29, ...grant });
  if (refused.has(host)) return;
  refused.add(host);
  const { serverId, serverConnectionId } = host.identity;
  const { hub, events } = host.context;
  events.emit({ name: 'accessKeyRefused', hub: hub.key, serverId, serverConnectionId, reason: grant.errorMessage });
}
