using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace KestrelHub;

/// <summary>The same hub as <c>matrix-hub.ts</c>, with the same names: error texts spell them as the hub does.</summary>
public sealed class MatrixHub : Hub
{
    // Is told who has left.
    private const string Watcher = "watcher";

    // Connection ids by user: observations name people, not ids.
    private static readonly ConcurrentDictionary<string, string> Ids = new();

    public override Task OnConnectedAsync()
    {
        Ids[Context.UserIdentifier ?? ""] = Context.ConnectionId;
        return Task.CompletedTask;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        var how = exception is null ? "in order" : $"with an error: {exception.Message}";
        return Clients.User(Watcher).SendAsync("got", $"{Context.UserIdentifier} has left {how}");
    }

    public string echo(string text) => text;

    public int add(int a, int b) => a + b;

    public void nothing()
    {
    }

    public void fail() => throw new InvalidOperationException("secret");

    public void failLoudly() => throw new HubException("out loud");

    public string who() => Context.UserIdentifier ?? "nobody";

    public bool isMe(string connectionId) => Context.ConnectionId == connectionId;

    public void note(int index) => Context.Items["noted"] = Notes.Append(index).ToArray();

    public string noted() => string.Join(',', Notes);

    // Ends with the connection.
    public async Task wait()
    {
        var ended = new TaskCompletionSource();
        await using var registration = Context.ConnectionAborted.Register(ended.SetResult);
        await ended.Task;
    }

    public Task join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group);

    public Task leave(string group) => Groups.RemoveFromGroupAsync(Context.ConnectionId, group);

    public Task sendTo(string target, string[] names, string text) => ClientsOf(target, names).SendAsync("got", text);

    public async Task sendMany(int count)
    {
        for (var index = 0; index < count; index++) await Clients.Caller.SendAsync("numbered", index);
    }

    public async IAsyncEnumerable<int> count(int to)
    {
        for (var index = 0; index < to; index++)
        {
            await Task.Yield();
            yield return index;
        }
    }

    public async IAsyncEnumerable<int> breakAfter(int items)
    {
        for (var index = 0; index < items; index++)
        {
            await Task.Yield();
            yield return index;
        }
        throw new HubException("broken");
    }

    public async IAsyncEnumerable<int> forever(string watcher, [EnumeratorCancellation] CancellationToken cancelled)
    {
        try
        {
            for (var index = 0; !cancelled.IsCancellationRequested; index++)
            {
                yield return index;
                await Task.Delay(1, CancellationToken.None);
            }
        }
        finally
        {
            await Clients.User(watcher).SendAsync("got", "forever is over", CancellationToken.None);
        }
    }

    public async IAsyncEnumerable<int> leaveAfter(int items)
    {
        for (var index = 0; index < items; index++)
        {
            await Task.Yield();
            yield return index;
        }
        Context.Abort();
    }

    public async Task<int> sum(IAsyncEnumerable<int> items)
    {
        var sum = 0;
        await foreach (var item in items) sum += item;
        return sum;
    }

    // Takes no more than it needs.
    public async Task<int> first(IAsyncEnumerable<int> items)
    {
        await foreach (var item in items) return item;
        throw new HubException("no item");
    }

    // Tells a user of each item, and of the end.
    public async Task report(IAsyncEnumerable<int> items, string watcher)
    {
        var end = "breaks off";
        try
        {
            await foreach (var item in items) await Clients.User(watcher).SendAsync("got", $"item {item}");
            end = "is complete";
        }
        finally
        {
            await Clients.User(watcher).SendAsync("got", $"the upload {end}");
        }
    }

    public async Task<string> joined(IAsyncEnumerable<string> items)
    {
        var text = "";
        await foreach (var item in items) text += item;
        return text;
    }

    public async Task<string> weave(IAsyncEnumerable<string> first, int middle, IAsyncEnumerable<int> last)
    {
        var parts = new List<object>();
        await foreach (var item in first) parts.Add(item);
        await foreach (var item in last) parts.Add(item);
        parts.Add(middle);
        return string.Join(',', parts);
    }

    public async IAsyncEnumerable<int> twice(IAsyncEnumerable<int> items)
    {
        await foreach (var item in items) yield return item * 2;
    }

    public Task<string> ask(string user, string question) =>
        Clients.Client(Ids.GetValueOrDefault(user, user)).InvokeAsync<string>("answer", question, default);

    public async Task leaveMe(string farewell)
    {
        await Clients.Caller.SendAsync("got", farewell);
        Context.Abort();
    }

    private int[] Notes => Context.Items.TryGetValue("noted", out var notes) ? (int[])notes! : [];

    private IClientProxy ClientsOf(string target, string[] names) => target switch
    {
        "all" => Clients.All,
        "allExcept" => Clients.AllExcept(IdsOf(names)),
        "caller" => Clients.Caller,
        "others" => Clients.Others,
        "client" => Clients.Client(IdsOf(names)[0]),
        "clients" => Clients.Clients(IdsOf(names)),
        "group" => Clients.Group(names[0]),
        "groups" => Clients.Groups(names),
        "groupExcept" => Clients.GroupExcept(names[0], IdsOf(names[1..])),
        "othersInGroup" => Clients.OthersInGroup(names[0]),
        "user" => Clients.User(names[0]),
        "users" => Clients.Users(names),
        _ => throw new HubException($"no target '{target}'"),
    };

    private static string[] IdsOf(string[] names) => [.. names.Select(name => Ids.GetValueOrDefault(name, name))];
}
