import { VerbError } from './control-client.ts';
import { readTruth } from './read-value.ts';
import { found, rulesOf } from './resource-verbs.ts';
import { GROUP, NAME, texts, truth, type Verb } from './verb.ts';

const TYPES = 'ClientConnection ServerConnection RESTAPI Trace';

export const NETWORK_RULE_VERBS: readonly Verb[] = [
  {
    name: 'list',
    description: 'show the network rules',
    options: [NAME, GROUP],
    example: 'signalite network-rule list --name my-signalr-service',
    run: async (client, flags) => rulesOf(await found(client, flags)),
  },
  {
    name: 'update',
    description: 'say which kinds of requests the public network may make',
    options: [
      NAME,
      GROUP,
      ['--public-network [bool]', 'the rule is for the public network', readTruth],
      ['--connection-name <names...>', 'private endpoints, which there are none of'],
      ['--allow [types...]', `${TYPES}; none when left out`],
      ['--deny [types...]', `${TYPES}; none when left out`],
    ],
    example: 'signalite network-rule update --name my-signalr-service --public-network --allow ClientConnection',
    run: async (client, flags) => {
      if (flags['connectionName'] !== undefined)
        throw new VerbError('There are no private endpoints here. Use --public-network.');
      if (truth(flags['publicNetwork']) !== true) throw new VerbError('Say for which network: --public-network.', 2);
      const resource = await found(client, flags);
      const rules = rulesOf(resource);
      // Both lists are what the line says, as `az` has it.
      const publicNetwork = { allow: texts(flags['allow']) ?? [], deny: texts(flags['deny']) ?? [] };
      return client.request('PATCH', resource.id, { properties: { networkACLs: { ...rules, publicNetwork } } });
    },
  },
];
