// The hub of the benchmark in C#. Self-hosted on Kestrel it is the peer; built with the assemblies of
// Microsoft.Azure.SignalR and started with SIGNALR_CONNECTION_STRING it is the app server of the service.
// Logging is off, so that only SignalR's own cost is measured. Prints "ready <url>", serves the hub at /bench and says at
// /memory how much memory a collection leaves.
using System.Net;
using Microsoft.AspNetCore.SignalR;

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
var signalr = builder.Services.AddSignalR().AddMessagePackProtocol();
#if WITH_SERVICE
var connectionString = Environment.GetEnvironmentVariable("SIGNALR_CONNECTION_STRING");
if (connectionString is not null)
{
    signalr.AddAzureSignalR(options => options.ConnectionString = connectionString);
}
#endif
var app = builder.Build();
app.MapHub<BenchHub>("/bench");
app.MapGet("/memory", () =>
{
    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    GC.WaitForPendingFinalizers();
    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    return Results.Json(new { liveBytes = GC.GetTotalMemory(forceFullCollection: false) });
});
await app.StartAsync();
Console.WriteLine($"ready {app.Urls.First()}");
await app.WaitForShutdownAsync();

/// <summary>One method per traffic pattern; every one answers on the client method "recv".</summary>
public class BenchHub : Hub
{
    public Task Echo(string data) => Clients.Caller.SendAsync("recv", data);

    public string Id() => Context.ConnectionId;

    public Task Broadcast(string data) => Clients.All.SendAsync("recv", data);

    public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group);

    public Task SendGroup(string group, string data) => Clients.Group(group).SendAsync("recv", data);

    public Task SendConnection(string connectionId, string data) => Clients.Client(connectionId).SendAsync("recv", data);
}
