using Microsoft.AspNetCore.SignalR;

namespace AspNetChat;

public sealed record ChatMessage(string From, string Text, DateTimeOffset At, string? Room);

public sealed record DirectMessage(string From, string To, string Text, DateTimeOffset At);

/// <summary>Chat with names, rooms and direct messages.</summary>
public sealed class ChatHub(ChatRoster roster) : Hub
{
    private const int NameMax = 24;
    private const int TextMax = 2000;

    /// <summary>Takes a name and gives the names of all who are here.</summary>
    public async Task<IReadOnlyList<string>> Register(string name)
    {
        name = Checked(name, "name", NameMax);
        if (!roster.TryRegister(Context.ConnectionId, name))
        {
            throw new HubException($"The name {name} is taken. Choose another.");
        }
        await Clients.Others.SendAsync("userJoined", name);
        return roster.Names;
    }

    public Task SendToAll(string text) =>
        Clients.All.SendAsync("messageReceived", new ChatMessage(Me.Name, Checked(text, "message", TextMax), DateTimeOffset.UtcNow, null));

    public async Task JoinRoom(string room)
    {
        room = Checked(room, "room", NameMax);
        if (!Me.Rooms.TryAdd(room, 0))
        {
            return;
        }
        await Groups.AddToGroupAsync(Context.ConnectionId, room);
        await Clients.Group(room).SendAsync("systemMessage", room, $"{Me.Name} joined the room.");
    }

    public async Task LeaveRoom(string room)
    {
        if (!Me.Rooms.TryRemove(room, out _))
        {
            return;
        }
        await Groups.RemoveFromGroupAsync(Context.ConnectionId, room);
        await Clients.Group(room).SendAsync("systemMessage", room, $"{Me.Name} left the room.");
    }

    public Task SendToRoom(string room, string text)
    {
        if (!Me.Rooms.ContainsKey(room))
        {
            throw new HubException($"Join the room {room} before you write to it.");
        }
        return Clients.Group(room).SendAsync("messageReceived", new ChatMessage(Me.Name, Checked(text, "message", TextMax), DateTimeOffset.UtcNow, room));
    }

    public async Task SendDirect(string to, string text)
    {
        var connectionId = roster.ConnectionOf(to) ?? throw new HubException($"{to} is not here.");
        var message = new DirectMessage(Me.Name, to, Checked(text, "message", TextMax), DateTimeOffset.UtcNow);
        await Clients.Clients(connectionId, Context.ConnectionId).SendAsync("directReceived", message);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (roster.TryRemove(Context.ConnectionId, out var member))
        {
            foreach (var room in member.Rooms.Keys)
            {
                await Clients.OthersInGroup(room).SendAsync("systemMessage", room, $"{member.Name} left the room.");
            }
            await Clients.Others.SendAsync("userLeft", member.Name);
        }
        await base.OnDisconnectedAsync(exception);
    }

    private ChatRoster.Member Me =>
        roster.TryGet(Context.ConnectionId, out var member) ? member : throw new HubException("Register a name first.");

    private static string Checked(string text, string what, int max)
    {
        text = text.Trim();
        return text.Length > 0 && text.Length <= max ? text : throw new HubException($"The {what} must have 1 to {max} characters.");
    }
}
