import { describe, expect, test } from 'vitest';
import { started } from '../../test/support/scripted-server.ts';
import { numbers, source } from '../../test/support/uploads.ts';
import { HubInvocationError, SignalRClientError } from '../errors.ts';

const canceled = 'The client canceled the stream.';

describe('invoke', () => {
  test('resolves with the result, and asks under ids that count from 0', async () => {
    const { hub, connection } = await started();
    const [first, second] = [hub.invoke('Add', 1, 2), hub.invoke('Nothing')];
    expect(await connection.heard()).toEqual({ type: 1, invocationId: '0', target: 'Add', arguments: [1, 2] });
    expect(await connection.heard()).toEqual({ type: 1, invocationId: '1', target: 'Nothing', arguments: [] });
    connection.say({ type: 3, invocationId: '1' }, { type: 3, invocationId: '0', result: 3 });
    expect(await first).toBe(3);
    expect(await second).toBeUndefined();
  });

  test('gives null when the hub says null', async () => {
    const { hub, connection } = await started();
    const result = hub.invoke('Nothing');
    connection.say({ type: 3, invocationId: '0', result: null });
    expect(await result).toBeNull();
  });

  test("rejects with the hub's text", async () => {
    const { hub, connection } = await started();
    const result = hub.invoke('Fail');
    connection.say({ type: 3, invocationId: '0', error: 'no such luck' });
    const error = await result.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HubInvocationError);
    expect(error).toMatchObject({ code: 'invocation-failed', message: 'no such luck' });
  });

  test('rejects when the arguments cannot be encoded, and sends nothing', async () => {
    const { hub, connection } = await started();
    const circle: unknown[] = [];
    circle.push(circle);
    await expect(hub.invoke('Echo', circle)).rejects.toThrow();
    expect(connection.drain()).toEqual([]);
  });

  test('rejects when the transport does not take it', async () => {
    const { hub, connection } = await started();
    connection.gate = Promise.reject(new Error('full'));
    await expect(hub.invoke('Echo')).rejects.toThrow('full');
  });

  test('answers to nobody are ignored', async () => {
    const { hub, connection } = await started();
    connection.say({ type: 3, invocationId: '7', result: 1 }, { type: 2, invocationId: '8', item: 1 });
    const result = hub.invoke('Echo');
    connection.say({ type: 3, invocationId: '0', result: 1 }, { type: 3, invocationId: '0', result: 2 });
    expect(await result).toBe(1);
    expect(hub.state).toBe('Connected');
  });

  test('all that wait reject when the connection is lost', async () => {
    const { hub, connection } = await started();
    const waiting = [hub.invoke('A'), hub.invoke('B')];
    const lost = new Error('gone');
    connection.end(lost);
    for (const call of waiting) {
      const error = await call.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SignalRClientError);
      expect(error).toMatchObject({ code: 'connection-closed', cause: lost });
    }
  });

  test('all that wait reject when the connection is stopped', async () => {
    const { hub } = await started();
    const waiting = expect(hub.invoke('A')).rejects.toMatchObject({ code: 'connection-closed', cause: undefined });
    await hub.stop();
    await waiting;
  });
});

describe('send', () => {
  test('carries no id, and resolves when the transport has it', async () => {
    const { hub, connection } = await started();
    let open = () => {};
    connection.gate = new Promise((resolve) => {
      open = resolve;
    });
    let isSent = false;
    const sending = hub.send('Say', 'x').then(() => {
      isSent = true;
    });
    expect(await connection.heard()).toEqual({ type: 1, target: 'Say', arguments: ['x'] });
    expect(isSent).toBe(false);
    open();
    await sending;
  });
});

describe('stream', () => {
  test('gives the items in order, to the end', async () => {
    const { hub, connection } = await started();
    const stream = hub.stream('Count', 3);
    expect(await connection.heard()).toEqual({ type: 4, invocationId: '0', target: 'Count', arguments: [3] });
    connection.say({ type: 2, invocationId: '0', item: 'a' }, { type: 2, invocationId: '0', item: null });
    expect(await stream.next()).toEqual({ done: false, value: 'a' });
    expect(await stream.next()).toEqual({ done: false, value: null });
    const last = stream.next();
    connection.say({ type: 2, invocationId: '0', item: 3 }, { type: 3, invocationId: '0' });
    expect(await last).toEqual({ done: false, value: 3 });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(connection.drain()).toEqual([]);
  });

  test('is called at once, in the order of the calls', async () => {
    const { hub, connection } = await started();
    hub.stream('First');
    void hub.send('Second');
    expect([await connection.heard(), await connection.heard()]).toMatchObject([
      { target: 'First' },
      { target: 'Second' },
    ]);
  });

  test('throws after the items when the hub fails', async () => {
    const { hub, connection } = await started();
    const stream = hub.stream('Break');
    connection.say({ type: 2, invocationId: '0', item: 1 }, { type: 3, invocationId: '0', error: 'broken' });
    const items: unknown[] = [];
    const read = async () => {
      for await (const item of stream) items.push(item);
    };
    await expect(read()).rejects.toMatchObject({ code: 'invocation-failed', message: 'broken' });
    expect(items).toEqual([1]);
  });

  test('throws when the connection is lost', async () => {
    const { hub, connection } = await started();
    const stream = hub.stream('Forever');
    const next = expect(stream.next()).rejects.toMatchObject({ code: 'connection-closed' });
    connection.end();
    await next;
  });

  test('leaving the loop cancels', async () => {
    const { hub, connection } = await started();
    const stream = hub.stream('Forever');
    await connection.heard();
    connection.say({ type: 2, invocationId: '0', item: 1 }, { type: 2, invocationId: '0', item: 2 });
    for await (const item of stream) {
      expect(item).toBe(1);
      break;
    }
    expect(await connection.heard()).toEqual({ type: 5, invocationId: '0' });
    connection.say({ type: 2, invocationId: '0', item: 3 }, { type: 3, invocationId: '0' });
    expect(connection.drain()).toEqual([]);
    expect(hub.state).toBe('Connected');
  });

  test('is broken off when too many items wait', async () => {
    const { hub, connection } = await started();
    const stream = hub.stream('Flood');
    await connection.heard();
    const item = `{"type":2,"invocationId":"0","item":1}\u001e`;
    connection.sayBytes(item.repeat(100_001));
    expect(await connection.heard()).toEqual({ type: 5, invocationId: '0' });
    let count = 0;
    const read = async () => {
      for await (const one of stream) count += Number(one);
    };
    await expect(read()).rejects.toMatchObject({ code: 'stream-overflow' });
    expect(count).toBe(100_001);
  });
});

describe('signals', () => {
  test('an aborted invoke rejects with the reason, and tells the hub', async () => {
    const { hub, connection } = await started();
    const controller = new AbortController();
    const result = hub.with({ signal: controller.signal }).invoke('Slow');
    await connection.heard();
    const reason = { why: 'impatient' };
    controller.abort(reason);
    await expect(result).rejects.toBe(reason);
    expect(await connection.heard()).toEqual({ type: 5, invocationId: '0' });
    connection.say({ type: 3, invocationId: '0', result: 1 });
    expect(hub.state).toBe('Connected');
  });

  test('what is aborted beforehand is not sent', async () => {
    const { hub, connection } = await started();
    const calls = hub.with({ signal: AbortSignal.abort('no') });
    await expect(calls.invoke('A')).rejects.toBe('no');
    await expect(calls.send('A')).rejects.toBe('no');
    await expect(calls.stream('A').next()).rejects.toBe('no');
    expect(connection.drain()).toEqual([]);
  });

  test('a signal that fires after the answer does nothing', async () => {
    const { hub, connection } = await started();
    const controller = new AbortController();
    const calls = hub.with({ signal: controller.signal });
    const result = calls.invoke('Fast');
    await connection.heard();
    connection.say({ type: 3, invocationId: '0', result: 1 });
    await result;
    controller.abort();
    expect(connection.drain()).toEqual([]);
  });

  test('an aborted stream throws the reason at once, though items wait', async () => {
    const { hub, connection } = await started();
    const controller = new AbortController();
    const stream = hub.with({ signal: controller.signal }).stream('Forever');
    await connection.heard();
    connection.say(
      { type: 2, invocationId: '0', item: 1 },
      { type: 2, invocationId: '0', item: 2 },
      { type: 2, invocationId: '0', item: 3 },
    );
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    controller.abort('enough');
    expect(await connection.heard()).toEqual({ type: 5, invocationId: '0' });
    await expect(stream.next()).rejects.toBe('enough');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(connection.drain()).toEqual([]);
  });

  test('a stream that waits is woken', async () => {
    const { hub } = await started();
    const controller = new AbortController();
    const next = hub.with({ signal: controller.signal }).stream('Forever').next();
    controller.abort('enough');
    await expect(next).rejects.toBe('enough');
  });

  test('uploads end with an error, those of a send too', async () => {
    const { hub, connection } = await started();
    const controller = new AbortController();
    const calls = hub.with({ signal: controller.signal });
    const [first, second] = [source(), source()];
    const result = calls.invoke('Sum', first.stream);
    await calls.send('Collect', second.stream);
    await connection.heard();
    await connection.heard();
    controller.abort('stop');
    await expect(result).rejects.toBe('stop');
    const heard = [await connection.heard(), await connection.heard(), await connection.heard()];
    expect(heard).toEqual([
      { type: 5, invocationId: '1' },
      { type: 3, invocationId: '0', error: canceled },
      { type: 3, invocationId: '2', error: canceled },
    ]);
    first.give(1);
    second.give(1);
    await expect.poll(() => first.isCanceled() && second.isCanceled()).toBe(true);
    expect(connection.drain()).toEqual([]);
  });

  test('a call that could not be sent has nothing to take back', async () => {
    const { hub, connection } = await started();
    const controller = new AbortController();
    const { stream, isCanceled } = source();
    connection.gate = Promise.reject(new Error('full'));
    await expect(hub.with({ signal: controller.signal }).send('Collect', stream)).rejects.toThrow('full');
    connection.drain();
    controller.abort('stop');
    expect(connection.drain()).toEqual([]);
    expect(isCanceled()).toBe(false);
  });

  test('an upload that is through is not ended twice', async () => {
    const { hub, connection } = await started();
    const controller = new AbortController();
    const result = hub.with({ signal: controller.signal }).invoke('Sum', numbers(1));
    for (let index = 0; index < 3; index++) await connection.heard();
    await Promise.resolve();
    controller.abort('stop');
    await expect(result).rejects.toBe('stop');
    expect(connection.drain()).toEqual([{ type: 5, invocationId: '1' }]);
  });
});

describe('without a connection', () => {
  test('calls say what is missing', async () => {
    const { hub } = await started();
    await hub.stop();
    await expect(hub.invoke('A')).rejects.toMatchObject({ name: 'SignalRClientError', code: 'invalid-state' });
    await expect(hub.send('A')).rejects.toMatchObject({ code: 'invalid-state' });
    await expect(hub.stream('A').next()).rejects.toMatchObject({ code: 'invalid-state' });
  });
});
