using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.SignalR;

// The C# half of a rolling restart: the hub of restart-hub.ts on the real SDK.
var builder = WebApplication.CreateBuilder(args);
var mode = builder.Configuration["SHUTDOWN_MODE"] switch
{
    "migrate" => GracefulShutdownMode.MigrateClients,
    "wait" => GracefulShutdownMode.WaitForClientsClose,
    _ => GracefulShutdownMode.Off,
};
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(60));
builder.Services.AddSignalR().AddMessagePackProtocol().AddAzureSignalR(options =>
{
    options.ConnectionString = builder.Configuration["SIGNALR_CONNECTION_STRING"];
    options.GracefulShutdown.Mode = mode;
    options.GracefulShutdown.Timeout = TimeSpan.FromSeconds(30);
});
var app = builder.Build();
app.MapHub<RestartHub>("/restart");

// The SDK connects when the first hub is used; nothing tells when it is. Whoever starts this asks the service.
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine("ready"));
app.Run();

internal sealed class RestartHub(IConfiguration configuration) : Hub
{
    private readonly int _workMs = configuration.GetValue("WORK_MS", 0);
    private readonly string _label = configuration["SERVER_LABEL"] ?? "server";

    public async Task<string> Join(string room)
    {
        await Groups.AddToGroupAsync(Context.ConnectionId, room);
        return _label;
    }

    public async Task<int> Say(string room, int from, int number)
    {
        if (_workMs > 0)
        {
            await Task.Delay(_workMs);
        }
        await Clients.Group(room).SendAsync("said", from, number, _label);
        return number;
    }
}
