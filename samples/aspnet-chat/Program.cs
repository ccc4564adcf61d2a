using AspNetChat;

// The page is that of samples/chat: the build puts it beside the app.
var pages = Path.Combine(AppContext.BaseDirectory, "wwwroot");
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, WebRootPath = pages });

// The connection string comes from configuration: Azure:SignalR:ConnectionString, in the environment
// Azure__SignalR__ConnectionString. SELF_HOSTED=1 runs the same hubs on Kestrel alone, without a service.
// ServerConnections: how many connections to the service each hub has; 5 is the SDK's default.
var signalr = builder.Services.AddSignalR().AddMessagePackProtocol();
if (builder.Configuration["SELF_HOSTED"] != "1")
{
    signalr.AddAzureSignalR(options => options.InitialHubServerConnectionCount = builder.Configuration.GetValue("ServerConnections", 5));
}

builder.Services.AddSingleton<ChatRoster>();
builder.Services.AddSingleton<NotificationService>();

var origin = builder.Configuration["AllowedOrigin"] ?? "http://localhost:5080";
builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins(origin).AllowAnyHeader().AllowAnyMethod().AllowCredentials()));

var app = builder.Build();
app.UseCors();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapHub<ChatHub>("/chat");
app.MapHub<NotificationHub>("/notifications");

app.MapPost("/api/notify", async (NotifyRequest request, NotificationService notifications, CancellationToken cancellationToken) =>
{
    if (request is not { Topic.Length: > 0, Title.Length: > 0, Text: not null })
    {
        return Results.BadRequest(new { error = "Give topic, title and text." });
    }
    await notifications.NotifyAsync(request.Topic, request.Title, request.Text, cancellationToken);
    return Results.Accepted();
});

app.Run();

internal sealed record NotifyRequest(string? Topic, string? Title, string? Text);
