import { ProtocolError } from '../protocol-error.ts';

/** Who signs in when there is no access key (service-protocol 1.1, `AuthType`). */
export type EntraCredential =
  /** Whatever the environment offers: environment variables, managed identity, developer tools. */
  | { readonly method: 'default' }
  /** The machine's own identity, or the user-assigned one that `clientId` names. */
  | { readonly method: 'managed-identity'; readonly clientId?: string }
  /** An app registration with a secret. */
  | {
      readonly method: 'client-secret';
      readonly clientId: string;
      readonly tenantId: string;
      readonly clientSecret: string;
    }
  /** An app registration with a certificate, given as a file path. */
  | {
      readonly method: 'client-certificate';
      readonly clientId: string;
      readonly tenantId: string;
      readonly clientCert: string;
    };

/** How to sign in to the service. */
export type ConnectionStringAuth =
  | { readonly kind: 'access-key'; readonly accessKey: string }
  | { readonly kind: 'entra'; readonly credential: EntraCredential };

type Segments = ReadonlyMap<string, string>;

const ENTRA_READERS: Readonly<Record<string, (segments: Segments) => EntraCredential>> = {
  azure: () => ({ method: 'default' }),
  'azure.msi': managedIdentity,
  'azure.app': application,
  aad: (segments) => (given(segments, 'tenantid') === undefined ? managedIdentity(segments) : application(segments)),
};

/** An access key wins over whatever `AuthType` says; without one, Microsoft Entra. */
export function readAuth(segments: Segments): ConnectionStringAuth {
  const accessKey = given(segments, 'accesskey');
  if (accessKey !== undefined) return { kind: 'access-key', accessKey };
  const type = given(segments, 'authtype')?.toLowerCase();
  const read = type !== undefined && Object.hasOwn(ENTRA_READERS, type) ? ENTRA_READERS[type] : undefined;
  return { kind: 'entra', credential: read === undefined ? { method: 'default' } : read(segments) };
}

/** The pairs of a connection string that say the same. */
export function writeAuth(auth: ConnectionStringAuth): [string, string][] {
  if (auth.kind === 'access-key') return [['AccessKey', auth.accessKey]];
  const { credential } = auth;
  switch (credential.method) {
    case 'default':
      return [['AuthType', 'azure']];
    case 'managed-identity':
      return [
        ['AuthType', 'azure.msi'],
        ...(credential.clientId === undefined ? [] : [pair('ClientId', credential.clientId)]),
      ];
    case 'client-secret':
      return [...applicationPairs(credential), ['ClientSecret', credential.clientSecret]];
    case 'client-certificate':
      return [...applicationPairs(credential), ['ClientCert', credential.clientCert]];
    default:
      return credential satisfies never;
  }
}

function applicationPairs(credential: { readonly clientId: string; readonly tenantId: string }): [string, string][] {
  return [
    ['AuthType', 'azure.app'],
    ['ClientId', credential.clientId],
    ['TenantId', credential.tenantId],
  ];
}

function pair(name: string, value: string): [string, string] {
  return [name, value];
}

function managedIdentity(segments: Segments): EntraCredential {
  const clientId = given(segments, 'clientid');
  return { method: 'managed-identity', ...(clientId === undefined ? {} : { clientId }) };
}

function application(segments: Segments): EntraCredential {
  const clientId = given(segments, 'clientid');
  const tenantId = given(segments, 'tenantid');
  const clientSecret = given(segments, 'clientsecret');
  const clientCert = given(segments, 'clientcert');
  if (clientId === undefined || tenantId === undefined) {
    throw invalid('An app registration needs both ClientId and TenantId. Add the missing one.');
  }
  if (clientSecret !== undefined) return { method: 'client-secret', clientId, tenantId, clientSecret };
  if (clientCert !== undefined) return { method: 'client-certificate', clientId, tenantId, clientCert };
  throw invalid('An app registration needs ClientSecret or ClientCert. Add one of them.');
}

/** An empty value counts as absent. */
function given(segments: Segments, key: string): string | undefined {
  const value = segments.get(key);
  return value === '' ? undefined : value;
}

function invalid(message: string): ProtocolError {
  return new ProtocolError('invalid-connection-string', `Invalid connection string. ${message}`);
}
