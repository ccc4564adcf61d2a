using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.SignalR;
using SdkApp;

// Environment, or SELF_HOSTED=1 for Kestrel alone:
// - Azure__SignalR__ConnectionString, and Azure__SignalR__ConnectionString__<name>__secondary for further endpoints;
//   ROUTE_BY_QUERY=1 lets ?endpoint=<name> choose. Or ENTRA_ENDPOINT with ENTRA_TOKEN_FILE.
// - SERVER_CONNECTIONS, SERVER_CONNECTIONS_MAX (per hub), STICKY (Preferred, Required), APPLICATION_NAME.
// - SHUTDOWN (Off, WaitForClientsClose, MigrateClients), SHUTDOWN_SECONDS, SERVER_NAME.
var builder = WebApplication.CreateBuilder(args);

builder.Services.AddAuthentication(QueryAuthentication.Scheme)
    .AddScheme<AuthenticationSchemeOptions, QueryAuthentication>(QueryAuthentication.Scheme, null);
var signalr = builder.Services
    .AddSignalR(options => options.MaximumReceiveMessageSize = FeatureHub.ReceiveMaxBytes)
    .AddMessagePackProtocol();
if (builder.Configuration["SELF_HOSTED"] != "1")
{
    signalr.AddAzureSignalR(options => ServerOptions.Apply(options, builder.Configuration));
    if (builder.Configuration["ROUTE_BY_QUERY"] == "1") builder.Services.AddSingleton<IEndpointRouter, QueryRouter>();
}

var app = builder.Build();
app.UseAuthentication();
// STATEFUL=1: clients may come back on a new socket.
app.MapHub<FeatureHub>("/feature", options => options.AllowStatefulReconnects = builder.Configuration["STATEFUL"] == "1");

// The same targets as FeatureHub.Send, from outside a hub.
app.MapPost("/api/send", (Sending sending, IHubContext<FeatureHub> hub) =>
    Targets.Of(hub.Clients, sending).SendAsync("received", sending.Text));
app.MapPost("/api/join", (Membership membership, IHubContext<FeatureHub> hub) =>
    hub.Groups.AddToGroupAsync(membership.ConnectionId, membership.Group));
app.MapPost("/api/leave", (Membership membership, IHubContext<FeatureHub> hub) =>
    hub.Groups.RemoveFromGroupAsync(membership.ConnectionId, membership.Group));
app.MapPost("/api/ask", async (Question question, IHubContext<FeatureHub> hub) =>
    await Answers.TextOf(() => hub.Clients.Client(question.ConnectionId).InvokeAsync<string>("ask", question.Text, default)));

// With ROUTE_BY_QUERY.
app.MapGet("/api/endpoints", (IServiceProvider services) => (services.GetService<IEndpointRouter>() as QueryRouter)?.LastSeen);

app.Run();

internal sealed record Membership(string ConnectionId, string Group);

internal sealed record Question(string ConnectionId, string Text);
