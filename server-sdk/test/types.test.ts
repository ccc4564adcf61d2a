// What must not compile, does not: every line behind `@ts-expect-error` is checked by the compiler.
import {
  type ClientMethodName,
  createManagementClient,
  defineMethods,
  Hub,
  type HubContext,
  type HubFilter,
  type HubMethods,
  type NegotiateListener,
  requireRole,
  requireUser,
  withAzureSignalR,
} from '@signalite/server';
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';

interface ChatContract {
  server: {
    send(user: string, text: string): void;
    count(to: number): AsyncIterable<number>;
    sum(items: AsyncIterable<number>): number;
    scale(factor: number, items: AsyncIterable<number>): Promise<number>;
  };
  client: {
    message(user: string, text: string): void;
    ask(question: string): string;
    later(): Promise<number>;
  };
}

class ChatHub extends Hub<ChatContract> implements HubMethods<ChatContract> {
  static readonly methods = defineMethods<ChatHub>({
    sum: { streams: [0] },
    send: { schema: z.tuple([z.string(), z.string()]), name: 'say' },
    scale: { schema: z.tuple([z.number()]), streams: [1] },
  });

  async send(user: string, text: string): Promise<void> {
    await this.clients.all.send('message', user, text);
  }

  async *count(to: number): AsyncGenerator<number> {
    yield to;
  }

  sum(items: AsyncIterable<number>): number {
    return items === undefined ? 0 : 1;
  }

  async scale(factor: number, _items: AsyncIterable<number>): Promise<number> {
    return factor;
  }
}

class PlainHub extends Hub {
  act(): void {}
}

test('a contract types the clients', () => {
  expectTypeOf<ClientMethodName<ChatContract>>().toEqualTypeOf<'message' | 'ask' | 'later'>();
  expectTypeOf<ReturnType<typeof askOne>>().toEqualTypeOf<Promise<string>>();
  expectTypeOf<ReturnType<typeof askLater>>().toEqualTypeOf<Promise<number>>();
  expect(ChatHub.methods).toHaveProperty('sum');
});

test('hubs are found by name, with their contract', () => {
  const signalr = withAzureSignalR({
    connectionString: 'Endpoint=http://localhost;AccessKey=x;Version=1.0;',
    hubs: { ChatHub, other: { hub: PlainHub, enableDetailedErrors: true } },
  });
  expectTypeOf(signalr.hub('ChatHub')).toEqualTypeOf<HubContext<ChatContract>>();
  void signalr
    .hub('other')
    .clients.all.send('anything', 1, 'x')
    .catch(() => undefined);
  // @ts-expect-error there is no such hub
  expect(() => signalr.hub('chathub')).toThrow();
});

test('conditions and filters fit hubs and methods', () => {
  const admins = requireRole('admin');
  const filter: HubFilter = {
    async invokeMethod(invocation, next) {
      expectTypeOf(invocation.arguments).toEqualTypeOf<readonly unknown[]>();
      await invocation.hub.clients.caller.send('anything', 1);
      return next({ ...invocation, arguments: [] });
    },
  };
  const methods = defineMethods<PlainHub>({
    act: { authorize: ({ user, items }, { hubMethodName }) => user.isInRole(hubMethodName) && items.size > 0 },
  });
  const signalr = withAzureSignalR({
    connectionString: 'Endpoint=http://localhost;AccessKey=x;Version=1.0;',
    filters: [filter],
    userIdProvider: (user, { headers }) => user.value('email') ?? headers.get('x-user') ?? undefined,
    hubs: {
      ChatHub,
      one: { hub: PlainHub, authorize: admins, filters: [filter] },
      two: { hub: PlainHub, authorize: async (context) => requireUser(context) && context.request.query.has('key') },
    },
  });
  expectTypeOf(signalr.hub('ChatHub')).toEqualTypeOf<HubContext<ChatContract>>();
  expectTypeOf(signalr.negotiateListener('one')).toEqualTypeOf<NegotiateListener>();
  // @ts-expect-error there is no such hub
  expect(() => signalr.negotiateListener('three')).toThrow();
  expect(methods).toHaveProperty('act');
});

function askOne(hub: HubContext<ChatContract>) {
  return hub.clients.client('c').invoke('ask', 'q', { signal: AbortSignal.timeout(1) });
}

function askLater(hub: HubContext<ChatContract>) {
  return hub.clients.client('c').invoke('later');
}

/** Never called: the compiler reads it. */
export async function refused(hub: HubContext<ChatContract>): Promise<void> {
  // @ts-expect-error clients have no such method
  await hub.clients.all.send('mesage', 'a', 'b');
  // @ts-expect-error an argument is missing
  await hub.clients.all.send('message', 'a');
  // @ts-expect-error an argument is of the wrong type
  await hub.clients.all.send('message', 'a', 1);
  // @ts-expect-error an argument is too much
  await hub.clients.all.send('message', 'a', 'b', 'c');
  // @ts-expect-error many clients cannot be asked
  await hub.clients.group('g').invoke('ask', 'q');
  // @ts-expect-error nobody called
  hub.clients.caller;
  // @ts-expect-error a name is no list
  hub.clients.groups('g');
}

// @ts-expect-error a method of the contract is missing
export class IncompleteHub extends Hub<ChatContract> implements HubMethods<ChatContract> {
  send(_user: string, _text: string): void {}

  async *count(to: number): AsyncGenerator<number> {
    yield to;
  }

  sum(_items: AsyncIterable<number>): number {
    return 1;
  }
}

export class WrongHub extends Hub<{ server: { add(a: number): number }; client: object }> {
  // It fits nothing that HubMethods asks for.
  add(a: string): string {
    return a;
  }
}

// @ts-expect-error the parameters differ
export const wrong: HubMethods<{ server: { add(a: number): number }; client: object }> = new WrongHub();

defineMethods<ChatHub>({
  // @ts-expect-error the hub has no such method
  nope: {},
});

defineMethods<ChatHub>({
  // @ts-expect-error lifecycle events are no methods of the hub
  onConnected: {},
});

defineMethods<ChatHub>({
  // @ts-expect-error the schema gives other arguments than the method takes
  send: { schema: z.tuple([z.number(), z.string()]) },
});

defineMethods<PlainHub>({
  // @ts-expect-error a role is no condition
  act: { authorize: 'admin' },
});

// @ts-expect-error a filter must go on with an invocation, not with arguments
export const lost: HubFilter = { invokeMethod: (_invocation, next) => next([]) };

// @ts-expect-error a string is no hub
export const noHub = (): unknown => withAzureSignalR({ connectionString: '', hubs: { ChatHub: 'x' } });

test('a contract types management clients', () => {
  const options = { connectionString: 'Endpoint=http://localhost;AccessKey=k;Version=1.0;', hub: 'chat' };
  const chat = createManagementClient<ChatContract>(options);
  expectTypeOf(chat).toExtend<HubContext<ChatContract>>();
  expectTypeOf(chat.clients.client('c').invoke('ask', 'why?')).resolves.toEqualTypeOf<string>();
  const wrong = () => [
    // @ts-expect-error: no such client method
    chat.clients.all.send('send', 'ann', 'hi'),
    // @ts-expect-error: an argument is missing
    chat.withSignal(AbortSignal.timeout(1)).clients.group('g').send('message', 'ann'),
  ];
  expect(wrong).toBeTypeOf('function');
  const any = createManagementClient(options);
  expectTypeOf(any.clients.all.send).toBeCallableWith('whatever', 1, {});
});
