using Microsoft.AspNetCore.SignalR;

namespace SdkApp;

public sealed record Item(string Text, int Whole, double Fraction, bool Flag, byte[] Bytes, string? Nothing, List<string> List, Dictionary<string, int> Map);

/// <summary>Every hub feature, one small method each. Streams and client results are in the other parts.</summary>
public sealed partial class FeatureHub : Hub
{
    public const int ReceiveMaxBytes = 1024 * 1024;
    private const string Watchers = "watchers";

    // Values

    public string Echo(string text) => text;

    public Item EchoItem(Item item) => item;

    public int Add(int left, int right) => left + right;

    public void Nothing()
    {
    }

    public Task NothingLater() => Task.CompletedTask;

    public string? Null() => null;

    public string Big(int length) => new('x', length);

    public int LengthOf(string text) => text.Length;

    // Errors

    public void Throw() => throw new InvalidOperationException("A secret of the app.");

    public void ThrowHub(string text) => throw new HubException(text);

    // Sends

    public Task Send(Sending sending) => Targets.Of(Clients, sending).SendAsync("received", sending.Text);

    public async Task SendMany(Sending sending, int count)
    {
        for (var number = 1; number <= count; number++)
        {
            await Targets.Of(Clients, sending).SendAsync("received", $"{sending.Text} {number}");
        }
    }

    public Task SendItem(Item item) => Clients.All.SendAsync("item", item, null, 1.5, new[] { 1, 2 });

    /// <summary>Reaches everybody after all that this client sent before.</summary>
    public Task Fence(int number) => Clients.All.SendAsync("fence", number);

    // Groups

    public Task Join(string group) => Groups.AddToGroupAsync(Context.ConnectionId, group);

    public Task Leave(string group) => Groups.RemoveFromGroupAsync(Context.ConnectionId, group);

    public Task JoinFor(string connectionId, string group) => Groups.AddToGroupAsync(connectionId, group);

    public Task LeaveFor(string connectionId, string group) => Groups.RemoveFromGroupAsync(connectionId, group);

    public async Task JoinSayLeaveSay(string group)
    {
        await Groups.AddToGroupAsync(Context.ConnectionId, group);
        await Clients.Group(group).SendAsync("received", "after the join");
        await Groups.RemoveFromGroupAsync(Context.ConnectionId, group);
        await Clients.Group(group).SendAsync("received", "after the leave");
    }

    // The connection

    public string Id() => Context.ConnectionId;

    public string? User() => Context.UserIdentifier;

    public string[] Claims() => Context.User?.Claims.Select(claim => $"{claim.Type} = {claim.Value}").ToArray() ?? [];

    public string Identity() => $"{Context.User?.Identity?.IsAuthenticated} {Context.User?.Identity?.AuthenticationType} {Context.User?.Identity?.Name} {Context.User?.IsInRole("writer")}";

    public string Query(string name) => Context.GetHttpContext()?.Request.Query[name].ToString() ?? "no request";

    public string Header(string name) => Context.GetHttpContext()?.Request.Headers[name].ToString() ?? "no request";

    public string Path() => Context.GetHttpContext()?.Request.Path.ToString() ?? "no request";

    public string RemoteAddress() => Context.GetHttpContext()?.Connection.RemoteIpAddress?.ToString() ?? "none";

    public int CountCalls()
    {
        var calls = Context.Items.TryGetValue("calls", out var value) && value is int before ? before + 1 : 1;
        Context.Items["calls"] = calls;
        return calls;
    }

    public void Abort() => Context.Abort();

    public async Task SayAndAbort()
    {
        await Clients.Caller.SendAsync("received", "the last words");
        Context.Abort();
    }

    public override async Task OnConnectedAsync()
    {
        var name = Query("name");
        switch (Query("onConnected"))
        {
            case "say":
                await Clients.Caller.SendAsync("received", "welcome");
                await Clients.Others.SendAsync("received", $"{name} is here");
                break;
            case "throw":
                throw new InvalidOperationException("A secret of the app.");
            case "throwHub":
                throw new HubException("Not today.");
            case "abort":
                Context.Abort();
                break;
            case "join":
                await Groups.AddToGroupAsync(Context.ConnectionId, "joined-at-once");
                break;
            case "watch":
                await Groups.AddToGroupAsync(Context.ConnectionId, Watchers);
                break;
        }
        await base.OnConnectedAsync();
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        var error = exception is null ? "no error" : $"{exception.GetType().Name}: {exception.Message}";
        await Clients.OthersInGroup(Watchers).SendAsync("disconnected", Query("name"), error);
        await base.OnDisconnectedAsync(exception);
    }
}
