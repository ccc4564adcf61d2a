import { type Service, startService } from 'signalite';
import { FEATURES, type ServiceMode } from '../src/check.ts';
import { hasDotnet } from '../src/dotnet/dotnet-build.ts';
import type { Fault } from '../src/faults/fault.ts';
import { FaultyProxy } from '../src/faults/faulty-proxy.ts';
import { UPSTREAM_PATH, UpstreamListener } from '../src/peers/upstream-listener.ts';
import { Target } from '../src/target.ts';

const ACCESS_KEY = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGH';

/** Our service in one mode, with the suite as its upstream. */
export class TargetService implements AsyncDisposable {
  readonly serviceMode: ServiceMode;
  readonly #service: Service;
  readonly #ends: AsyncDisposable[];
  readonly #upstreamUrl: string;

  private constructor(serviceMode: ServiceMode, service: Service, upstreamUrl: string, ends: AsyncDisposable[]) {
    this.serviceMode = serviceMode;
    this.#service = service;
    this.#upstreamUrl = upstreamUrl;
    this.#ends = ends;
  }

  /** `fault`: its part between the service and the upstream, where it has one. */
  static async start(serviceMode: ServiceMode, fault?: Pick<Fault, 'upstream'>): Promise<TargetService> {
    const listener = await UpstreamListener.at('http://127.0.0.1:0');
    const ends: AsyncDisposable[] = [listener];
    let templateUrl = listener.url;
    if (fault?.upstream !== undefined) {
      const proxy = await FaultyProxy.start(listener.url, { name: 'upstream', turnsRed: [], request: fault.upstream });
      ends.push(proxy);
      templateUrl = proxy.url;
    }
    const upstream = serviceMode === 'Serverless' ? [{ urlTemplate: `${templateUrl}${UPSTREAM_PATH}` }] : [];
    const service = await startService({ host: '127.0.0.1', port: 0, serviceMode, upstream });
    return new TargetService(serviceMode, service, listener.url, ends);
  }

  target(connectionString: string = this.#service.connectionString): Target {
    const { serviceMode } = this;
    const features = hasDotnet() ? FEATURES : FEATURES.filter((feature) => feature !== 'dotnet-client');
    return new Target({ connectionString, serviceMode, features, costs: [], upstreamUrl: this.#upstreamUrl });
  }

  /** A proxy in front of it that does one thing wrong. */
  async behind(fault: Fault): Promise<{ readonly proxy: FaultyProxy; readonly target: Target }> {
    const proxy = await FaultyProxy.start(this.#service.url, fault);
    return { proxy, target: this.target(proxy.connectionString(ACCESS_KEY)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service.close();
    for (const one of this.#ends) await one[Symbol.asyncDispose]();
  }
}
