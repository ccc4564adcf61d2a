using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Azure.SignalR.Serverless.Protocols;
using Invocation = Microsoft.Azure.SignalR.Serverless.Protocols.InvocationMessage;
using Closed = Microsoft.Azure.SignalR.Serverless.Protocols.CloseConnectionMessage;

namespace ManagementApp;

/// <summary>The upstream of the app: reads events with the SDK's own protocols, and answers with SignalR's.</summary>
public sealed class Upstream(IConfiguration configuration)
{
    private readonly ConcurrentQueue<string> _lines = [];

    /// <summary>What came, in order; each line is told once.</summary>
    public string[] Take()
    {
        var taken = new List<string>();
        while (_lines.TryDequeue(out var line)) taken.Add(line);
        return [.. taken];
    }

    public async Task Serve(HttpContext context)
    {
        using var memory = new MemoryStream();
        await context.Request.Body.CopyToAsync(memory);
        var isJson = context.Request.ContentType == "application/json";
        IServerlessProtocol protocol = isJson ? new JsonServerlessProtocol() : new MessagePackServerlessProtocol();
        var input = new ReadOnlySequence<byte>(memory.ToArray());
        var isRead = protocol.TryParseMessage(ref input, out var message);
        string Header(string name) => context.Request.Headers[$"X-ASRS-{name}"].ToString();
        var told = isRead ? Told(message) : "unreadable";
        var signed = IsSigned(Header("Connection-Id"), Header("Signature")) ? "signed" : "not signed";
        _lines.Enqueue($"{Header("Category")}/{Header("Event")} of {Header("Hub")} from {Header("User-Id")}: {told}, {signed}");
        if (message is not Invocation { InvocationId: not null } invocation) return;
        IHubProtocol answer = isJson ? new JsonHubProtocol() : new MessagePackHubProtocol();
        context.Response.ContentType = context.Request.ContentType;
        await context.Response.Body.WriteAsync(answer.GetMessageBytes(Completion(invocation)));
    }

    private static CompletionMessage Completion(Invocation invocation) => invocation.Target == "Fail"
        ? CompletionMessage.WithError(invocation.InvocationId, "It was asked to.")
        : CompletionMessage.WithResult(invocation.InvocationId, invocation.Arguments.Select(one => $"{one}").ToArray());

    private static string Told(ServerlessMessage message) => message switch
    {
        Invocation { Target: var target, Arguments: var arguments } => $"{target}({string.Join(", ", arguments)})",
        Closed { Error: null } => "closed",
        Closed { Error: var error } => $"closed, {error}",
        _ => "opened",
    };

    /// <summary>One of the signatures is by the key of the connection string, compared as the Functions extension does.</summary>
    private bool IsSigned(string connectionId, string signatures)
    {
        var connectionString = configuration["SERVICE_CONNECTION_STRING"] ?? "";
        var key = connectionString.Split(';').First(part => part.StartsWith("AccessKey=", StringComparison.Ordinal))[10..];
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(connectionId));
        var expected = "sha256=" + Convert.ToHexString(hash);
        return signatures.Split(',').Any(one => one.Equals(expected, StringComparison.OrdinalIgnoreCase));
    }
}
