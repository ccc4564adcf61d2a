import { ArmError } from './arm-error.ts';

const PARAMETER = 'api-version';

/** Versions of the resource type, newest first (control-plane 1). All of them get the same answers. */
export const API_VERSIONS = [
  '2025-01-01-preview',
  '2024-10-01-preview',
  '2024-08-01-preview',
  '2024-04-01-preview',
  '2024-03-01',
  '2024-01-01-preview',
  '2023-08-01-preview',
  '2023-06-01-preview',
  '2023-03-01-preview',
  '2023-02-01',
  '2022-08-01-preview',
  '2022-02-01',
  '2021-10-01',
  '2021-09-01-preview',
  '2021-06-01-preview',
  '2021-04-01-preview',
  '2020-07-01-preview',
  '2020-05-01',
  '2018-10-01',
  '2018-03-01-preview',
] as const;

/** What a query says of the version; its parameter is named in any case. */
export function apiVersionIn(query: URLSearchParams): string | undefined {
  for (const [name, value] of query) if (name.toLowerCase() === PARAMETER) return value;
  return undefined;
}

/** The version of a call, as it was spelt. Throws `ArmError` when it is missing or unknown. */
export function readApiVersion(query: URLSearchParams): string {
  const version = apiVersionIn(query);
  if (version === undefined || version === '') {
    const text = `Every call names a version: add '?${PARAMETER}=2023-02-01'.`;
    throw new ArmError(400, 'MissingApiVersionParameter', text);
  }
  if (!API_VERSIONS.some((known) => known === version.toLowerCase())) {
    const text = `There is no version '${version}' of Microsoft.SignalRService/SignalR. Versions: ${API_VERSIONS.join(', ')}.`;
    throw new ArmError(400, 'InvalidApiVersionParameter', text);
  }
  return version;
}
