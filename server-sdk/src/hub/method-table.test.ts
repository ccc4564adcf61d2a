import { describe, expect, test } from 'vitest';
import { SignalRServerError } from '../errors.ts';
import { Hub } from './hub.ts';
import { defineMethods } from './method-options.ts';
import { MethodTable } from './method-table.ts';

class Base extends Hub {
  shared(): string {
    return 'base';
  }

  only(): string {
    return 'base';
  }
}

class Derived extends Base {
  override shared(): string {
    return 'derived';
  }
}

describe('MethodTable', () => {
  test('finds methods of the class and its bases, the derived one first, without case', () => {
    const table = new MethodTable(Derived);
    const call = (name: string) => Reflect.apply(table.find(name)?.body ?? (() => 'none'), new Derived(), []);
    expect([call('shared'), call('SHARED'), call('only'), call('Only'), call('none')]).toEqual([
      'derived',
      'derived',
      'base',
      'base',
      'none',
    ]);
  });

  test('refuses two methods whose names differ by case alone', () => {
    class Twins extends Hub {
      send(): void {}

      Send(): void {}
    }
    const text = "Duplicate definitions of 'Send' in Twins. Names differ by more than case; there is no overloading.";
    expect(() => new MethodTable(Twins)).toThrow(new SignalRServerError('invalid-hub', text));
  });

  test('refuses a new name that is taken', () => {
    class Renamed extends Hub {
      static readonly methods = defineMethods<Renamed>({ one: { name: 'TWO' } });

      one(): void {}

      two(): void {}
    }
    expect(() => new MethodTable(Renamed)).toThrow(/Duplicate definitions of '(two|TWO)' in Renamed\./);
  });

  test('refuses options of a method that is not there', () => {
    class Outdated extends Hub {
      static readonly methods = { gone: {} };
    }
    expect(() => new MethodTable(Outdated)).toThrow("Outdated.methods declares 'gone', which is no method of the hub.");
  });

  test('refuses what is no hub', () => {
    class NoHub {
      onConnected(): void {}

      onDisconnected(): void {}
    }
    expect(() => new MethodTable(NoHub)).toThrow(
      'NoHub is no hub. Let it extend Hub, from one copy of @signalite/server.',
    );
  });
});
