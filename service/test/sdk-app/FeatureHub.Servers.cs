using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.SignalR;

namespace SdkApp;

public sealed partial class FeatureHub
{
    /// <summary>Which process this is, as its environment names it.</summary>
    public string Server() => Environment.GetEnvironmentVariable("SERVER_NAME") ?? "";

    /// <summary>Whether this process took the client over from another one.</summary>
    public bool WasMigrated() => Context.Features.Get<IConnectionMigrationFeature>() is not null;

    public Task SayInRoom(string text) => Clients.Group("room").SendAsync("received", text);

    /// <summary>An invocation that is under way for some time; the text comes first, so that the caller knows of it.</summary>
    public async Task<string> Later(int milliseconds)
    {
        await Clients.Caller.SendAsync("received", "under way");
        await Task.Delay(milliseconds);
        return Server();
    }
}
