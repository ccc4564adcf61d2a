// What ASP.NET Core says about arguments that are not there (client-protocol 6.4).

/** Throws a `TypeError` for null and undefined: callers without types are told at once. */
export function requireArgument<T>(value: T, parameter: string): T {
  if (value === null || value === undefined) throw new TypeError(`Value cannot be null. (Parameter '${parameter}')`);
  return value;
}
