using Microsoft.AspNetCore.SignalR;
using KestrelHub;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning)
    .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
builder.Services.AddSingleton<IUserIdProvider, UserOfQuery>();
builder.Services.AddSignalR(options => options.MaximumReceiveMessageSize = null).AddMessagePackProtocol();

var app = builder.Build();
app.MapHub<MatrixHub>("/matrix");
app.Run();

/// <summary>The user is who the query names.</summary>
internal sealed class UserOfQuery : IUserIdProvider
{
    public string? GetUserId(HubConnectionContext connection) =>
        connection.GetHttpContext()?.Request.Query["user"].FirstOrDefault();
}
