import { healthUrl } from '@signalite/protocol';
import { SDK_USER_AGENT } from '../user-agent.ts';

const TIMEOUT_MS = 5_000;

/** Does the service answer that it is well, within five seconds? Asked without a token (rest-api 4.1). Never rejects. */
export async function isServiceHealthy(serverEndpoint: string): Promise<boolean> {
  try {
    const response = await fetch(healthUrl(serverEndpoint), {
      method: 'HEAD',
      headers: { 'Asrs-User-Agent': SDK_USER_AGENT },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return response.status === 200;
  } catch {
    return false;
  }
}
