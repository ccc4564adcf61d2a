import { z } from 'zod';

// The hub messages that an upstream reads and writes, as JSON (upstream-and-emulator 2.2, 2.4).

const RECORD_SEPARATOR = '\u001e';

const invocationSchema = z.object({
  type: z.literal(1),
  /** Only `invoke` has one: `send` wants no answer. */
  invocationId: z.string().optional(),
  target: z.string(),
  arguments: z.array(z.unknown()),
});
export type Invocation = z.output<typeof invocationSchema>;

/** Undefined when it is none. */
export function readInvocation(body: unknown): Invocation | undefined {
  return invocationSchema.safeParse(body).data;
}

/** The answer to an invocation. It goes to the client as it is, so it needs its frame: the separator at its end. */
export function completionFrame(invocationId: string, outcome: { result: unknown } | { error: string }): string {
  return JSON.stringify({ type: 3, invocationId, ...outcome }) + RECORD_SEPARATOR;
}
