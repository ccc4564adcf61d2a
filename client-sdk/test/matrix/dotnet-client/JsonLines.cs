using System.Text.Json.Nodes;

namespace DotnetClient;

/// <summary>Writes one JSON object a line, one writer at a time.</summary>
internal sealed class JsonLines(Stream stream)
{
    private readonly StreamWriter _writer = new(stream) { AutoFlush = true };
    private readonly Lock _lock = new();

    public void Write(JsonObject line)
    {
        lock (_lock) _writer.WriteLine(line.ToJsonString());
    }
}
