// The answers of several endpoints as one (service-protocol 8.4).

/**
 * For operations on a connection, which only one endpoint has: true as soon as one confirms. Otherwise all are waited
 * for: it rejects when one of them did, else gives false.
 */
export async function confirmedByFirst(confirmations: readonly Promise<boolean>[]): Promise<boolean> {
  const all = confirmedByAny(confirmations);
  const first = confirmations.map(async (confirmation) => ((await confirmation) ? true : all));
  const result = Promise.any(first).catch(() => all);
  // Nobody waits for the others once one has confirmed.
  all.catch(() => undefined);
  return result;
}

/** For operations on users and groups: waits for all. Rejects when one of them does; else true when one confirms. */
export async function confirmedByAny(confirmations: readonly Promise<boolean>[]): Promise<boolean> {
  const settled = await Promise.allSettled(confirmations);
  for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
  return settled.some((outcome) => outcome.status === 'fulfilled' && outcome.value);
}
