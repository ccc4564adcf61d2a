import type { ExpectedResult, HubMember, ResultRoute } from '../../src/hub/hub-member.ts';
import type { CloseReason } from '../../src/lifetime/close-reasons.ts';
import type { OutboundRecord } from '../../src/outbound/outbound-record.ts';

export interface FakeMemberOptions {
  readonly userId?: string;
  readonly hubProtocol?: string;
  readonly route?: ResultRoute;
  /** Told when the member is closed: whoever owns the hub takes it out there. */
  readonly onClose?: (member: FakeMember) => void;
}

/** A client connection without a socket: it keeps what a hub gives it. */
export class FakeMember implements HubMember {
  readonly connectionId: string;
  readonly userId: string | undefined;
  readonly hubProtocol: string;
  groups: Map<string, number> | undefined;
  readonly delivered: OutboundRecord[] = [];
  readonly closedFor: CloseReason[] = [];
  readonly expected: ExpectedResult[] = [];
  readonly #options: FakeMemberOptions;

  constructor(connectionId: string, options: FakeMemberOptions = {}) {
    this.connectionId = connectionId;
    this.userId = options.userId;
    this.hubProtocol = options.hubProtocol ?? 'json';
    this.#options = options;
  }

  /** Payloads of what was delivered, as text. */
  get texts(): string[] {
    return this.delivered.map(({ frame, payloadOffset }) => frame.subarray(payloadOffset).toString());
  }

  deliver(record: OutboundRecord): void {
    this.delivered.push(record);
  }

  close(reason: CloseReason): void {
    this.closedFor.push(reason);
    this.#options.onClose?.(this);
  }

  expectResult(invocation: ExpectedResult): ResultRoute {
    this.expected.push(invocation);
    return this.#options.route ?? 'caller-holds-client';
  }
}
