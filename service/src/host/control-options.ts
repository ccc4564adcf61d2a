import type { PemCertificate, PfxCertificate } from '../config/service-options.ts';

export interface ControlOptions {
  /** On loopback; 0: any free one. */
  readonly port: number;
  /** Asked once, when somebody speaks TLS there for the first time. Default: HTTP only. */
  readonly certificate?: () => Promise<PemCertificate | PfxCertificate>;
}
