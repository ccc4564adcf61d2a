using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace DotnetClient;

/// <summary>One connection of the .NET client; each command is one call of its public API.</summary>
internal sealed class ScriptedClient(int number, JsonLines output)
{
    private HubConnection? _connection;

    private HubConnection Connection => _connection ?? throw new InvalidOperationException("not connected");

    public Task<JsonNode?> Run(JsonObject command) => (string)command["do"]! switch
    {
        "connect" => Connect(command),
        "invoke" => Invoke((string)command["method"]!, Arguments(command)),
        "send" => Send((string)command["method"]!, Arguments(command)),
        "stream" => Stream((string)command["method"]!, Arguments(command), (int?)command["limit"]),
        "stop" => Stop(),
        var other => throw new InvalidOperationException($"unknown command '{other}'"),
    };

    private async Task<JsonNode?> Connect(JsonObject command)
    {
        var builder = new HubConnectionBuilder()
            .WithUrl((string)command["url"]!, Enum.Parse<HttpTransportType>((string)command["transport"]!));
#if MESSAGEPACK
        if ((string)command["protocol"]! == "messagepack") builder.AddMessagePackProtocol();
#endif
        _connection = builder.Build();
        _connection.On<string>("got", text => Tell("got", text));
        _connection.On<int>("numbered", index => Tell("numbered", index));
        switch ((string?)command["answer"])
        {
            case "value":
                _connection.On("answer", (string question) => $"{question}!");
                break;
            case "throws":
                _connection.On("answer", string (string _) => throw new InvalidOperationException("no answer today"));
                break;
            case "never":
                _connection.On("answer", (string question) =>
                {
                    Tell("asked", question);
                    return new TaskCompletionSource<string>().Task;
                });
                break;
        }
        _connection.Closed += error =>
        {
            output.Write(new JsonObject
            {
                ["connection"] = number, ["event"] = "closed", ["value"] = error?.Message ?? "no error",
            });
            return Task.CompletedTask;
        };
        await _connection.StartAsync();
        return _connection.ConnectionId;
    }

    private async Task<JsonNode?> Invoke(string method, object?[] arguments) =>
        JsonValue.Create(await Connection.InvokeCoreAsync<object?>(method, arguments));

    private async Task<JsonNode?> Send(string method, object?[] arguments)
    {
        await Connection.SendCoreAsync(method, arguments);
        return null;
    }

    /// <summary>All items, or the first ones and then no more; and how it ended.</summary>
    private async Task<JsonNode?> Stream(string method, object?[] arguments, int? limit)
    {
        var items = new JsonArray();
        using var enough = new CancellationTokenSource();
        var end = "completed";
        try
        {
            await foreach (var item in Connection.StreamAsyncCore<int>(method, arguments, enough.Token))
            {
                items.Add(item);
                if (items.Count == limit) break;
            }
            if (limit is not null) end = "cancelled";
        }
        catch (Exception exception)
        {
            end = exception.Message;
        }
        await enough.CancelAsync();
        return new JsonObject { ["items"] = items, ["end"] = end };
    }

    private async Task<JsonNode?> Stop()
    {
        await Connection.StopAsync();
        return null;
    }

    private void Tell(string method, JsonNode value) =>
        output.Write(new JsonObject { ["connection"] = number, ["event"] = method, ["value"] = value });

    private static object?[] Arguments(JsonObject command) =>
        [.. command["args"]!.AsArray().Select(Argument)];

    /// <summary>Streams are {"stream": [items], "error"?, "isLeftOpen"?}.</summary>
    private static object? Argument(JsonNode? node) => node switch
    {
        JsonObject stream when stream["stream"] is JsonArray items => Upload(items, stream),
        JsonArray texts => texts.Select(text => (string)text!).ToArray(),
        JsonValue value when value.TryGetValue<int>(out var whole) => whole,
        JsonValue value => (string)value!,
        _ => null,
    };

    private static object Upload(JsonArray items, JsonObject stream) =>
        items.Count > 0 && items.All(item => item!.GetValueKind() == System.Text.Json.JsonValueKind.String)
            ? Filled(items.Select(item => (string)item!), stream)
            : Filled(items.Select(item => (int)item!), stream);

    private static ChannelReader<T> Filled<T>(IEnumerable<T> items, JsonObject stream)
    {
        var channel = Channel.CreateUnbounded<T>();
        foreach (var item in items) channel.Writer.TryWrite(item);
        var error = (string?)stream["error"];
        if (error is not null) channel.Writer.Complete(new UploadBreaksOff(error));
        else if ((bool?)stream["isLeftOpen"] != true) channel.Writer.Complete();
        return channel.Reader;
    }
}
