import { VerbError } from './control-client.ts';
import { found } from './resource-verbs.ts';
import { GROUP, NAME, texts, truth, type Verb } from './verb.ts';

const TYPES = 'ClientConnection ServerConnection RESTAPI Trace';

export const NETWORK_RULE_VERBS: readonly Verb[] = [
  {
    name: 'list',
    description: 'show the network rules',
    options: [NAME, GROUP],
    example: 'signalite network-rule list --name my-signalr-service',
    run: async (client, flags) => (await found(client, flags)).properties['networkACLs'] ?? {},
  },
  {
    name: 'update',
    description: 'say which kinds of requests the public network may make',
    options: [
      NAME,
      GROUP,
      ['--public-network [bool]', 'the rule is for the public network'],
      ['--connection-name <names...>', 'private endpoints, which there are none of'],
      ['--allow <types...>', TYPES],
      ['--deny <types...>', TYPES],
    ],
    example: 'signalite network-rule update --name my-signalr-service --public-network --allow ClientConnection',
    run: async (client, flags) => {
      if (flags['connectionName'] !== undefined)
        throw new VerbError('There are no private endpoints here. Use --public-network.');
      if (truth(flags['publicNetwork'] ?? false) !== true)
        throw new VerbError('Say for which network: --public-network.');
      const resource = await found(client, flags);
      const rules = resource.properties['networkACLs'] as { publicNetwork?: object } | undefined;
      const allow = texts(flags['allow']);
      const deny = texts(flags['deny']);
      const publicNetwork = {
        ...rules?.publicNetwork,
        ...(allow === undefined ? {} : { allow }),
        ...(deny === undefined ? {} : { deny }),
      };
      return client.request('PATCH', resource.id, { properties: { networkACLs: { ...rules, publicNetwork } } });
    },
  },
];
