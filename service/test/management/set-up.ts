import type { ServiceModeName } from 'signalite';

/** How the app is made, and on what service it runs. */
export interface SetUp {
  readonly serviceMode: Exclude<ServiceModeName, 'Default'>;
  /** REST, or server connections of the weak type (rest-api 9). */
  readonly transport: 'Transient' | 'Persistent';
  readonly applicationName: string | undefined;
  /** Of the app: `both` JSON and MessagePack, or what the SDK does by itself, which is JSON. */
  readonly protocols: 'default' | 'both';
}

const MODES = ['Serverless', 'Classic'] as const;
const TRANSPORTS = ['Transient', 'Persistent'] as const;
const APPLICATION_NAMES = [undefined, 'Chat_App'] as const;
const PROTOCOLS = ['default', 'both'] as const;

export const SET_UPS: readonly SetUp[] = MODES.flatMap((serviceMode) =>
  TRANSPORTS.flatMap((transport) =>
    PROTOCOLS.flatMap((protocols) =>
      APPLICATION_NAMES.map((applicationName) => ({ serviceMode, transport, applicationName, protocols })),
    ),
  ),
);

/** `serverless-transient-default`, with `-named` behind it. */
export function nameOf({ serviceMode, transport, applicationName, protocols }: SetUp): string {
  const named = applicationName === undefined ? '' : '-named';
  return `${serviceMode}-${transport}-${protocols}${named}`.toLowerCase();
}

/** The hub as the service knows it: the app's name is in front, all in lower case. */
export function hubKeyOf({ applicationName }: SetUp, hub: string): string {
  return (applicationName === undefined ? hub : `${applicationName}_${hub}`).toLowerCase();
}

/** What REST sends as JSON the service translates; payloads of server connections it hands on. */
export function servesMessagePack({ transport, protocols }: SetUp): boolean {
  return protocols === 'both' || transport === 'Transient';
}
