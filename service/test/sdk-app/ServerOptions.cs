using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.SignalR;

namespace SdkApp;

/// <summary>What the environment says of the SDK.</summary>
internal static class ServerOptions
{
    public static void Apply(ServiceOptions options, IConfiguration environment)
    {
        options.InitialHubServerConnectionCount = environment.GetValue("SERVER_CONNECTIONS", 5);
        options.MaxHubServerConnectionCount = environment.GetValue<int?>("SERVER_CONNECTIONS_MAX");
        options.ServerStickyMode = environment.GetValue("STICKY", ServerStickyMode.Disabled);
        options.ApplicationName = environment["APPLICATION_NAME"];
        options.GracefulShutdown.Mode = environment.GetValue("SHUTDOWN", GracefulShutdownMode.Off);
        options.GracefulShutdown.Timeout = TimeSpan.FromSeconds(environment.GetValue("SHUTDOWN_SECONDS", 30));
        if (options.GracefulShutdown.Mode != GracefulShutdownMode.Off)
        {
            options.GracefulShutdown.Add<FeatureHub>(hub => hub.Clients.All.SendAsync("received", "the server stops"));
        }
        options.DiagnosticClientFilter = context => context.Request.Query["diagnostic"] == "1";
        if (environment["ENTRA_TOKEN_FILE"] is { } file)
        {
            options.Endpoints = [new ServiceEndpoint(new Uri(environment["ENTRA_ENDPOINT"]!), new FileCredential(file))];
        }
    }
}
