// Pages in a browser must not reach the control port, neither by a request across origins nor by a name of their own
// that they let point at this machine (DNS rebinding).

import { isLoopback } from '../config/loopback.ts';
import { ArmError } from './arm-error.ts';

/** 403 for what a page sent, or what was meant for another host; undefined for everybody else. */
export function callerProblem(request: Request): ArmError | undefined {
  if (request.headers.has('origin')) {
    const text =
      'Requests of web pages are refused: they carry an Origin header. Use the command line, or a program that is no browser.';
    return new ArmError(403, 'Forbidden', text);
  }
  const header = request.headers.get('host');
  const hosts = [new URL(request.url).host, ...(header === null ? [] : [header])];
  if (hosts.every(isThisMachine)) return undefined;
  const text = 'The Host header names another machine. Call the control port as localhost, 127.0.0.1 or [::1].';
  return new ArmError(403, 'Forbidden', text);
}

/** `host`: a name or an address, with or without its port. */
function isThisMachine(host: string): boolean {
  const url = `http://${host}/`;
  if (/[@/?#\\]/.test(host) || !URL.canParse(url)) return false;
  return isLoopback(new URL(url).hostname.replace(/^\[(.*)\]$/, '$1'));
}
