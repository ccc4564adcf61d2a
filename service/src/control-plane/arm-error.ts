// Errors of Azure Resource Manager (control-plane 1): a status, a code that programs read, a sentence for people.

import type { ZodError } from 'zod';
import { ResourceError, type ResourceErrorCode } from '../resources/resources.ts';

/** Codes that this control plane answers with. */
export type ArmErrorCode =
  | 'BadRequest'
  | 'Conflict'
  | 'Forbidden'
  | 'InternalServerError'
  | 'InvalidApiVersionParameter'
  | 'InvalidRequestContent'
  | 'InvalidResourceGroupName'
  | 'InvalidResourceLocation'
  | 'InvalidResourceName'
  | 'LocationRequired'
  | 'MethodNotAllowed'
  | 'MissingApiVersionParameter'
  | 'NotFound'
  | 'NotImplemented'
  | 'RequestTimeout'
  | 'RequestTooLarge'
  | 'ResourceNotFound'
  | 'StorageFailed';

/** One failure inside another. */
export interface ArmErrorDetail {
  readonly code: ArmErrorCode;
  readonly message: string;
  readonly target?: string | undefined;
}

/** The members of `error` in an answer. */
export interface ArmErrorDocument extends ArmErrorDetail {
  readonly details?: readonly ArmErrorDetail[] | undefined;
}

interface ArmErrorOptions extends ErrorOptions {
  /** What of the request is wrong: a path into its body. */
  readonly target?: string;
  readonly details?: readonly ArmErrorDetail[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by whoever handles a call; becomes its answer. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly code: ArmErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly #options: ArmErrorOptions;

  constructor(status: number, code: ArmErrorCode, message: string, options: ArmErrorOptions = {}) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.#options = options;
  }

  get document(): ArmErrorDocument {
    const { target, details } = this.#options;
    return { code: this.code, message: this.message, target, details };
  }

  toResponse(): Response {
    return Response.json({ error: this.document }, { status: this.status, headers: this.headers });
  }
}

/** 400 for a value that cannot be used. `target`: where it stands. */
export function badRequest(message: string, target?: string): ArmError {
  return new ArmError(400, 'BadRequest', message, target === undefined ? {} : { target });
}

/** 400 that names everything in `error`. `root`: where the checked value stands in the body. */
export function invalidValue(error: ZodError, root: string): ArmError {
  const details = error.issues.map(({ path, message }): ArmErrorDetail => {
    const target = [root, ...path.map(String)].filter((part) => part !== '').join('.');
    const name = target === '' ? 'The body' : `'${target}'`;
    const text = message.startsWith('must') ? `${name} ${message}` : `${name} cannot be used: ${message}`;
    return { code: 'BadRequest', message: `${text.replace(/\.$/, '')}.`, target };
  });
  const [first] = details;
  const more = details.length > 1 ? { details } : {};
  return new ArmError(400, 'BadRequest', first?.message ?? 'The body cannot be used.', {
    target: first?.target ?? root,
    ...more,
  });
}

const STATUS_OF: Readonly<Record<ResourceErrorCode, { readonly status: number; readonly code: ArmErrorCode }>> = {
  'not-found': { status: 404, code: 'ResourceNotFound' },
  conflict: { status: 409, code: 'Conflict' },
  'not-stored': { status: 507, code: 'StorageFailed' },
};

/** The answer to what a handler threw; undefined when nobody foresaw it. */
export function armErrorOf(error: unknown): ArmError | undefined {
  if (error instanceof ArmError) return error;
  if (!(error instanceof ResourceError)) return undefined;
  const { status, code } = STATUS_OF[error.code];
  return new ArmError(status, code, error.message, { cause: error });
}
