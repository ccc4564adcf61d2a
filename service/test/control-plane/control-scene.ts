import type { Hono } from 'hono';
import { type ControlAppOptions, createControlApp } from '../../src/control-plane/control-app.ts';
import { FakeResources } from './fake-resources.ts';

const VERSION = '2023-02-01';
export const SUBSCRIPTION = '/subscriptions/00000000-0000-0000-0000-000000000000';
export const PROVIDER_PATH = `${SUBSCRIPTION}/providers/Microsoft.SignalRService`;
export const GROUP_PATH = `${SUBSCRIPTION}/resourceGroups/my-rg/providers/Microsoft.SignalRService/signalR`;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined when there is no body. */
  readonly body: unknown;
}

/** The routes of the control port over resources of which nothing runs. */
export class ControlScene {
  readonly resources = new FakeResources();
  readonly app: Hono;

  constructor(options: Partial<ControlAppOptions> = {}) {
    this.app = createControlApp({ resources: this.resources, ...options });
  }

  /** One call; `path` without its version. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const query = path.includes('?') ? '' : `?api-version=${VERSION}`;
    const response = await this.app.request(`http://localhost:8889${path}${query}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : readBody(text) };
  }

  /** Puts a resource into the group `my-rg`. */
  put(name: string, body: object = {}): Promise<Answer> {
    return this.call('PUT', `${GROUP_PATH}/${name}`, { location: 'eastus', ...body });
  }
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
