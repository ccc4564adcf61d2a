import type { Resources } from '../resources/resources.ts';
import type { LongRunningOperations } from './long-running.ts';
import { readJsonBody } from './read-json-body.ts';

/** What all calls share. */
export interface ControlContext {
  readonly resources: Resources;
  readonly operations: LongRunningOperations;
  /** Where a resource that does not run will be reached. */
  readonly endpointOf: (port: number) => string;
  /** Bytes of a body, and milliseconds until it is there. */
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/** What a path names, in the caller's spelling; empty when the path of the call has no such part. */
export interface ArmParameters {
  readonly subscription: string;
  readonly group: string;
  readonly name: string;
  readonly location: string;
  /** Id of a long-running operation. */
  readonly operation: string;
}

/** One call of Azure Resource Manager. */
export class ArmCall {
  readonly context: ControlContext;
  readonly request: Request;
  readonly url: URL;
  readonly parameters: ArmParameters;

  constructor(context: ControlContext, request: Request, parameters: ArmParameters) {
    this.context = context;
    this.request = request;
    this.url = new URL(request.url);
    this.parameters = parameters;
  }

  get resources(): Resources {
    return this.context.resources;
  }

  /** Throws `ArmError` when it is no JSON object, too large or too slow. */
  body(): Promise<Readonly<Record<string, unknown>>> {
    const { maxBodyBytes, bodyTimeoutMs } = this.context;
    return readJsonBody(this.request, { maxBytes: maxBodyBytes, timeoutMs: bodyTimeoutMs });
  }
}

/** Answers one call. Throws `ArmError` or `ResourceError`. */
export type ArmHandler = (call: ArmCall) => Response | Promise<Response>;
