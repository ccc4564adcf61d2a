import type { Command } from 'commander';
import { CORS_VERBS } from './cors-verbs.ts';
import { KEY_VERBS } from './key-verbs.ts';
import { METRIC_VERBS } from './metric-verbs.ts';
import { NETWORK_RULE_VERBS } from './network-rule-verbs.ts';
import { RESOURCE_VERBS } from './resource-verbs.ts';
import { UPSTREAM_VERBS } from './upstream-verbs.ts';
import { addVerb, type Verb, type VerbEnvironment } from './verb.ts';

const GROUPS: readonly (readonly [name: string, description: string, verbs: readonly Verb[]])[] = [
  ['key', 'show or renew the keys of a resource', KEY_VERBS],
  ['cors', 'say which pages may call a resource', CORS_VERBS],
  ['network-rule', 'say who may reach a resource', NETWORK_RULE_VERBS],
  ['metrics', 'show what was measured of a resource', METRIC_VERBS],
];

/** The verbs that act on resources of a running process. `upstream` is there for its verbs on files already. */
export function addVerbs(
  program: Command,
  upstream: Command,
  env: VerbEnvironment & { readonly argv: readonly string[] },
): void {
  for (const verb of RESOURCE_VERBS) addVerb(program, verb, env);
  for (const [name, description, verbs] of GROUPS) {
    const group = program.command(name).description(description).copyInheritedSettings(program);
    for (const verb of verbs) addVerb(group, verb, env);
  }
  for (const verb of UPSTREAM_VERBS) addVerb(upstream, verb, env);
}
