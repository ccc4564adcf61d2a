// npm run test:restart: app servers are replaced and killed while clients talk.
import { parseArgs } from 'node:util';
import { type Change, type Group, type RunResult, runRestart } from './restart-run.ts';

const HELP = `Replaces both app servers of a hub while clients talk, or kills one, and counts what clients notice.

  npm run test:restart -- [options]

  --change <how>       migrate, disconnect or kill (default: all three, one after the other)
  --talkers <number>   clients, in rooms of ten, JSON and MessagePack in turn (default: 200)
  --every <ms>         time between two messages of a client (default: 500)
  --work <ms>          time that a hub method takes, so that calls are under way (default: 0)
  --aspnet <dll>       run the first app server on the real Microsoft.Azure.SignalR; build it before:
                       dotnet build server-sdk/test/rolling-restart/aspnet -o <folder outside> \\
                         -p:SdkDir=<its assemblies> -p:BaseIntermediateOutputPath=<folder outside>/obj/
  --aspnet-both <dll>  the second one too
  --help

Ends with 0 when 'migrate' lost nothing and closed nobody, 'disconnect' brought everybody back, and 'kill' touched only
the clients of the server that died.
`;
const CHANGES: readonly Change[] = ['migrate', 'disconnect', 'kill'];
const ROOM_SIZE = 10;
const MESSAGES = 10;

/** What each change promises to clients. */
const PROMISES: Readonly<Record<Change, (result: RunResult, talkers: number) => boolean>> = {
  migrate: ({ all }) => all.losses === 0 && all.missing === 0 && all.doubled === 0,
  disconnect: ({ connectedAtEnd, all }, talkers) => connectedAtEnd === talkers && all.doubled === 0,
  kill: ({ connectedAtEnd, untouched }, talkers) =>
    connectedAtEnd === talkers && untouched.talkers > 0 && untouched.losses === 0 && untouched.missing === 0,
};

const { values } = parseArgs({
  options: {
    change: { type: 'string' },
    talkers: { type: 'string', default: '200' },
    every: { type: 'string', default: '500' },
    work: { type: 'string', default: '0' },
    aspnet: { type: 'string' },
    'aspnet-both': { type: 'string' },
    help: { type: 'boolean' },
  },
});

if (values.help === true) console.log(HELP);
else process.exitCode = (await runAll()) ? 0 : 1;

async function runAll(): Promise<boolean> {
  const changes = CHANGES.filter((change) => values.change === undefined || change === values.change);
  let isGood = changes.length > 0;
  for (const change of changes) {
    console.log(`${change}:`);
    const result = await runRestart({
      change,
      talkers: Number(values.talkers),
      roomSize: ROOM_SIZE,
      everyMs: Number(values.every),
      messages: MESSAGES,
      workMs: Number(values.work),
      dlls: [values['aspnet-both'] ?? values.aspnet, values['aspnet-both']],
      progress: (line) => console.log(`  ${line}`),
    });
    const isAsPromised = PROMISES[change](result, Number(values.talkers));
    print(change, result);
    console.log(isAsPromised ? '  as promised' : '  NOT as promised');
    isGood &&= isAsPromised;
  }
  return isGood;
}

function print(change: Change, { all, untouched, connectedAtEnd, leftAfterMs }: RunResult): void {
  printGroup('all clients', all);
  console.log(`  connected at the end: ${connectedAtEnd}`);
  if (change === 'kill') printGroup('those of the other server', untouched);
  for (const ms of leftAfterMs) console.log(`  an app server left after ${(ms / 1000).toFixed(1)} s`);
}

function printGroup(name: string, group: Group): void {
  console.log(
    `  ${name}: ${group.talkers}; said ${group.said}, heard ${group.deliveries}, missing ${group.missing}, doubled ${group.doubled}, ` +
      `out of order ${group.outOfOrder}, unanswered ${group.unanswered}, connections lost ${group.losses}, ` +
      `longest absence ${Math.round(group.longestAbsenceMs)} ms`,
  );
}
