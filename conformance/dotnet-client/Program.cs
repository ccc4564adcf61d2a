// One .NET client. It reads commands, one JSON object a line, and writes what happens to it in the same form.
//
//   start  {url, token, protocol, transport, reconnects, stateful}  -> started {connectionId} | failed {message}
//   send   {target, text}
//   invoke {target, text}                                           -> result {text} | failed {message}
//   stream {target, text}                                           -> item {text}… ended | failed {message}
//   stop                                                            -> closed {message}
//
// Calls of the method `say` come as said {text}; calls of `ask` are answered with what they were asked.
// Events that nobody asked for: closed {message}, reconnecting {message}, reconnected {connectionId}.

using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

var output = new object();
HubConnection? connection = null;

void Tell(string name, params (string Key, string? Value)[] fields)
{
    var line = new JsonObject { ["event"] = name };
    foreach (var (key, value) in fields) line[key] = value;
    lock (output) Console.WriteLine(line.ToJsonString());
}

async Task Try(Func<Task> work)
{
    try
    {
        await work();
    }
    catch (Exception error)
    {
        Tell("failed", ("message", error.Message));
    }
}

HubConnection Build(JsonElement command)
{
    var builder = new HubConnectionBuilder().WithUrl(command.GetProperty("url").GetString()!, options =>
    {
        var token = command.GetProperty("token").GetString();
        options.AccessTokenProvider = () => Task.FromResult(token);
        options.Transports = Enum.Parse<HttpTransportType>(command.GetProperty("transport").GetString()!);
    });
    if (command.GetProperty("protocol").GetString() == "messagepack") builder.AddMessagePackProtocol();
    if (command.GetProperty("reconnects").GetBoolean()) builder.WithAutomaticReconnect([TimeSpan.Zero, TimeSpan.Zero]);
    if (command.GetProperty("stateful").GetBoolean()) builder.WithStatefulReconnect();
    var built = builder.Build();
    built.On<string>("say", text => Tell("said", ("text", text)));
    built.On<string, string>("ask", text => text);
    built.Closed += error =>
    {
        Tell("closed", ("message", error?.Message));
        return Task.CompletedTask;
    };
    built.Reconnecting += error =>
    {
        Tell("reconnecting", ("message", error?.Message));
        return Task.CompletedTask;
    };
    built.Reconnected += connectionId =>
    {
        Tell("reconnected", ("connectionId", connectionId));
        return Task.CompletedTask;
    };
    return built;
}

async Task Stream(string target, string text)
{
    await foreach (var item in connection!.StreamAsync<string>(target, text)) Tell("item", ("text", item));
    Tell("ended");
}

while (await Console.In.ReadLineAsync() is { } line)
{
    var command = JsonDocument.Parse(line).RootElement;
    var target = command.TryGetProperty("target", out var one) ? one.GetString()! : "";
    var text = command.TryGetProperty("text", out var other) ? other.GetString()! : "";
    switch (command.GetProperty("do").GetString())
    {
        case "start":
            connection = Build(command);
            _ = Try(async () =>
            {
                await connection.StartAsync();
                Tell("started", ("connectionId", connection.ConnectionId));
            });
            break;
        case "send":
            _ = Try(() => connection!.SendAsync(target, text));
            break;
        case "invoke":
            _ = Try(async () => Tell("result", ("text", await connection!.InvokeAsync<string>(target, text))));
            break;
        case "stream":
            _ = Try(() => Stream(target, text));
            break;
        case "stop":
            _ = Try(() => connection!.StopAsync());
            break;
        default:
            Tell("failed", ("message", $"There is no command like {line}"));
            break;
    }
}
