import { isLoopback } from '../config/loopback.ts';
import { WELL_KNOWN_ACCESS_KEY } from '../config/service-options.ts';
import { START_FLAGS, type StartOptions } from './start-options.ts';

/** What to say when others than this machine can reach a service whose key everybody knows; undefined: nothing. */
export function publicKeyWarning({
  host,
  accessKey,
  secondaryAccessKey,
}: Pick<StartOptions, 'host' | 'accessKey' | 'secondaryAccessKey'>): string | undefined {
  if (isLoopback(host)) return undefined;
  const flag = [
    { key: accessKey, name: START_FLAGS.accessKey.flags },
    { key: secondaryAccessKey, name: START_FLAGS.secondaryAccessKey.flags },
  ].find(({ key }) => key === WELL_KNOWN_ACCESS_KEY)?.name;
  if (flag === undefined) return undefined;
  return `Everybody who reaches this address can use the service: its key is public. Set your own with ${flag}.`;
}
