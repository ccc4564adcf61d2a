// A hub and filters that write down what runs around what.
import { defineMethods, Hub, type HubClass, type HubFilter } from '@signalite/server';

export type Trace = string[];

export function filteredHub(trace: Trace): HubClass {
  class FilteredHub extends Hub {
    static readonly methods = defineMethods<FilteredHub>({
      echo: { name: 'Other' },
      guarded: { authorize: () => false },
      sum: { streams: [0] },
    });

    override onConnected(): void {
      trace.push('hub connected');
    }

    override onDisconnected(error?: Error): void {
      trace.push(`hub disconnected ${error?.message}`);
    }

    echo(text: string): string {
      trace.push('hub echo');
      return text;
    }

    failing(text: string, isFine: boolean): string {
      trace.push('hub failing');
      if (!isFine) throw new Error('m');
      return text;
    }

    guarded(): void {}

    async *count(_text: string): AsyncGenerator<number> {
      yield 1;
      yield 2;
    }

    async sum(items: AsyncIterable<number>, start: number): Promise<number> {
      let sum = start;
      for await (const item of items) sum += item;
      return sum;
    }
  }
  return FilteredHub;
}

/** Writes down when it is entered and left, and with what. */
export function tracingFilter(name: string, trace: Trace): Required<HubFilter> {
  return {
    async invokeMethod(invocation, next) {
      trace.push(`${name}>${invocation.hubMethodName}(${invocation.arguments.map(short).join()})`);
      try {
        const result = await next(invocation);
        trace.push(`${name}<${short(result)}`);
        return result;
      } catch (error) {
        trace.push(`${name}!${error instanceof Error ? error.name : 'something else'}`);
        throw error;
      }
    },
    async onConnected(lifetime, next) {
      trace.push(`${name}>connected`);
      await next(lifetime);
      trace.push(`${name}<connected`);
    },
    async onDisconnected(lifetime, error, next) {
      trace.push(`${name}>disconnected ${error?.message}`);
      await next(lifetime, error);
      trace.push(`${name}<disconnected`);
    },
  };
}

function short(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'stream' : String(value);
}
