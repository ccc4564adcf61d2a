using System.Security.Claims;
using ManagementApp;
using Microsoft.Azure.SignalR.Management;

// Environment: SERVICE_CONNECTION_STRING, TRANSPORT (Transient, Persistent), APPLICATION_NAME,
// PROTOCOLS (both: JSON and MessagePack; else the SDK's default).
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<Hubs>();
builder.Services.AddSingleton<Upstream>();
var app = builder.Build();

app.MapPost("/{hub}/negotiate", async (string hub, string? user, string? role, Hubs hubs) =>
{
    var context = await hubs.Get(hub);
    var negotiated = await context.NegotiateAsync(new NegotiationOptions
    {
        UserId = user,
        Claims = role is null ? null : [new Claim(ClaimTypes.Role, role), new Claim("iss", "the app")],
        EnableDetailedErrors = true,
    });
    return new { url = negotiated.Url, accessToken = negotiated.AccessToken };
});
app.MapPost("/call", async (Call call, Hubs hubs) => await Doing.Of(call, hubs));
app.MapPost("/upstream", (HttpContext context, Upstream upstream) => upstream.Serve(context));
app.MapGet("/upstream", (Upstream upstream) => upstream.Take());

app.Run();
