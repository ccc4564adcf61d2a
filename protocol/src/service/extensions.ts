// The extension map at the end of most messages (service-protocol 4.3). Writing is strict, because older SDKs lose a
// message that carries a key they do not expect; reading skips whatever a message type does not declare.
import type { MessagePackReader } from '../msgpack/reader.ts';
import type { MessagePackWriter } from '../msgpack/writer.ts';

/** Keys of the extension map. */
export const ExtensionKey = {
  TracingId: 1,
  TtlSeconds: 2,
  Protocol: 3,
  Filter: 4,
  DataType: 5,
  IsPartial: 6,
} as const;
export type ExtensionKey = (typeof ExtensionKey)[keyof typeof ExtensionKey];

/** The values of an extension map, under the names they have in messages. */
export interface Extensions {
  tracingId?: bigint;
  ttlSeconds?: number;
  protocol?: string;
  filter?: string;
  dataType?: number;
  isPartial?: true;
}

/** Which keys a message type declares: bit n stands for key n. */
export type DeclaredExtensions = number;

function declare(...keys: readonly ExtensionKey[]): DeclaredExtensions {
  return keys.reduce<number>((declared, key) => declared | (1 << key), 0);
}

export const tracedExtensions: DeclaredExtensions = declare(ExtensionKey.TracingId);
export const expiringExtensions: DeclaredExtensions = declare(ExtensionKey.TracingId, ExtensionKey.TtlSeconds);
export const openExtensions: DeclaredExtensions = declare(ExtensionKey.TracingId, ExtensionKey.Protocol);
export const fanOutExtensions: DeclaredExtensions = declare(ExtensionKey.TracingId, ExtensionKey.Filter);
export const dataExtensions: DeclaredExtensions = declare(
  ExtensionKey.TracingId,
  ExtensionKey.DataType,
  ExtensionKey.IsPartial,
);

const readers: { [K in ExtensionKey]: (reader: MessagePackReader, target: Extensions) => void } = {
  1: (reader, target) => {
    target.tracingId = reader.uint64();
  },
  2: (reader, target) => {
    target.ttlSeconds = reader.int();
  },
  3: (reader, target) => {
    target.protocol = reader.string();
  },
  4: (reader, target) => {
    target.filter = reader.string();
  },
  5: (reader, target) => {
    const dataType = reader.int();
    if (dataType !== 0) {
      target.dataType = dataType;
    }
  },
  6: (reader, target) => {
    if (reader.bool()) {
      target.isPartial = true;
    }
  },
};

function isDeclared(key: number, declared: DeclaredExtensions): key is ExtensionKey {
  return key >= ExtensionKey.TracingId && key <= ExtensionKey.IsPartial && (declared & (1 << key)) !== 0;
}

/** Reads an extension map, or nil in its place, into `target`; keys that are not declared are skipped. */
export function readExtensions(reader: MessagePackReader, target: Extensions, declared: DeclaredExtensions): void {
  if (reader.tryEmptyMap() || reader.tryNil()) {
    return;
  }
  const count = reader.mapHeader();
  for (let index = 0; index < count; index++) {
    const key = reader.int();
    if (reader.tryNil()) {
      continue;
    }
    if (isDeclared(key, declared)) {
      readers[key](reader, target);
    } else {
      reader.skip();
    }
  }
}

const writers: { [K in ExtensionKey]: (writer: MessagePackWriter, extensions: Readonly<Extensions>) => void } = {
  1: (writer, { tracingId = 0n }) => writer.uint64(tracingId),
  2: (writer, { ttlSeconds = 0 }) => writer.int(ttlSeconds),
  3: (writer, { protocol = '' }) => writer.string(protocol),
  4: (writer, { filter = '' }) => writer.string(filter),
  5: (writer, { dataType = 0 }) => writer.int(dataType),
  6: (writer) => writer.bool(true),
};

/** The declared keys that have something to say. Those of `dataType` and `isPartial` are left out for their defaults. */
function presentExtensions(extensions: Readonly<Extensions>, declared: DeclaredExtensions): DeclaredExtensions {
  return (
    (extensions.tracingId === undefined ? 0 : declared & (1 << ExtensionKey.TracingId)) |
    (extensions.ttlSeconds === undefined ? 0 : declared & (1 << ExtensionKey.TtlSeconds)) |
    (extensions.protocol === undefined ? 0 : declared & (1 << ExtensionKey.Protocol)) |
    (extensions.filter === undefined ? 0 : declared & (1 << ExtensionKey.Filter)) |
    ((extensions.dataType ?? 0) === 0 ? 0 : declared & (1 << ExtensionKey.DataType)) |
    (extensions.isPartial === true ? declared & (1 << ExtensionKey.IsPartial) : 0)
  );
}

function countKeys(present: DeclaredExtensions): number {
  let count = 0;
  for (let rest = present; rest > 0; rest = rest & (rest - 1)) {
    count++;
  }
  return count;
}

/** Writes those of the declared extensions that are set, in the order of their keys. */
export function writeExtensions(
  writer: MessagePackWriter,
  extensions: Readonly<Extensions>,
  declared: DeclaredExtensions,
): void {
  const present = presentExtensions(extensions, declared);
  writer.mapHeader(countKeys(present));
  for (let key = 1; present >= 1 << key; key++) {
    if (isDeclared(key, present)) {
      writer.int(key);
      writers[key](writer, extensions);
    }
  }
}

/** Writes the extensions of a message that declares a tracing id and nothing else. */
export function writeTracing(writer: MessagePackWriter, extensions: Readonly<Pick<Extensions, 'tracingId'>>): void {
  if (extensions.tracingId === undefined) {
    writer.mapHeader(0);
    return;
  }
  writer.mapHeader(1);
  writer.int(ExtensionKey.TracingId);
  writer.uint64(extensions.tracingId);
}
