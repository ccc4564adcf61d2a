using System.Text.Json;
using System.Text.Json.Nodes;
using DotnetClient;

// Each line in is {"id", "connection", "do", ...}; each line out is {"id", "value" | "error"}, or an event
// {"connection", "event", ...}. Commands run side by side: a call that waits holds nobody up.
var clients = new Dictionary<int, ScriptedClient>();
var output = new JsonLines(Console.OpenStandardOutput());

while (await Console.In.ReadLineAsync() is { } line)
{
    var command = JsonNode.Parse(line)!.AsObject();
    var number = (int)command["connection"]!;
    if (!clients.TryGetValue(number, out var client)) clients[number] = client = new ScriptedClient(number, output);
    _ = Answer(command, client);
}

async Task Answer(JsonObject command, ScriptedClient client)
{
    var id = (int)command["id"]!;
    try
    {
        output.Write(new JsonObject { ["id"] = id, ["value"] = await client.Run(command) });
    }
    catch (Exception exception)
    {
        output.Write(new JsonObject { ["id"] = id, ["error"] = exception.Message });
    }
}
