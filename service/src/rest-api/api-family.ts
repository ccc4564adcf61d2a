/** The three generations of the API (rest-api 1): they differ in statuses and in how errors look. */
export type ApiFamily = 'dated' | 'v1' | 'v1-preview';

/** Where the routes of a family begin. */
export const SERVICE_BASES: Readonly<Record<ApiFamily, string>> = {
  dated: '/api',
  v1: '/api/v1',
  'v1-preview': '/api/v1-preview',
};

/** Where the routes on a hub begin. */
export const HUB_BASES: Readonly<Record<ApiFamily, string>> = {
  dated: '/api/hubs/{hub}',
  v1: '/api/v1/hubs/{hub}',
  'v1-preview': '/api/v1-preview/hub/{hub}',
};

/** Values of `api-version` that name a version. */
export const API_VERSIONS: readonly string[] = ['2022-06-01', '2022-11-01', '2023-07-01', '2024-12-01'];

/** The family that a path belongs to, whether or not it is a route. `path`: decoded segments. */
export function familyOf(path: readonly string[]): ApiFamily {
  const version = path[1]?.toLowerCase();
  return version === 'v1' || version === 'v1-preview' ? version : 'dated';
}
