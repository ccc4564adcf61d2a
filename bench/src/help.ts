export const HELP = `Measures signalite beside named peers in the same run, and says which performance goals it meets.

Usage: npm run bench -- [options]

Options:
  --quick             a smoke of about 90 seconds: every load for a moment, with few clients, on every peer that is
                      there. Its figures are not worth quoting; it must end within three minutes
  --only P1,P4        these goals only: P1 to P9, P11, P12, P16, P17 (bench/README.md says what each one is)
  --rounds <n>        how often each measurement is taken; figures are medians (default: 3, with --quick 1)
  --sdk-dir <folder>  assemblies of Microsoft.Azure.SignalR: the app server behind the service is then a .NET app
  --emulator <what>   the official emulator: the command that starts it, or its connection string when it runs
  --before <folder>   another checkout of this repository, built: measured beside this one
  --json <file>       writes everything that was measured
  -h, --help          this text

Peers:
  Kestrel             the same hub self-hosted on ASP.NET Core; needs dotnet
  stand-in            250 lines that only move bytes between clients and the app server: the least a service can cost
  socket loop         one shared frame written to bare sockets: the least that Node can cost
  emulator            with --emulator
A peer that is not there is left out, and the report says so.

How it measures:
  Servers share one core, the driver has another. CPU is what the kernel counts for the server processes, divided by
  the messages that arrived. Each round measures the peers right after one another, so that a ratio compares like with
  like. The service is the built package, as users run it.

Idle clients (P9):
  10,000 clients negotiate, connect, shake hands and say nothing: memory for each, as it is and after a collection, and
  the time to accept them, beside Kestrel. A process needs an open file for each: the run ends at once, and says what
  to do, when the limit is too low.

REST and upstreams (P11, P17):
  The service in Serverless mode: broadcasts by POST over kept connections, beside broadcasts by a server connection and
  beside the emulator; invokes that an upstream answers over HTTP, beside the echo of an app server.

How to read it:
  driver-limited      the driver used its whole core: the server could do more
  noisy               other work took more than a tenth of a core: measured three times, and still disturbed

Exit code: 0 when it ran, whatever the goals; 1 when messages or connections were lost, memory ran away, a measurement
gave no figure, a part failed or the run was interrupted; 2 for a wrong command line. Whatever was started ends with the
run, however it ends.

Examples:
  npm run bench -- --quick
  npm run bench -- --only P1,P2,P3 --rounds 5
  npm run bench -- --sdk-dir ~/azure-signalr-sdk --json figures.json
  git worktree add ../before HEAD~1    then, when it is built:    npm run bench -- --only P1,P4 --before ../before
`;
