using Microsoft.AspNetCore.SignalR;

namespace AspNetChat;

public sealed record Notification(string Topic, string Title, string Text, DateTimeOffset At);

/// <summary>Clients say which topics they want to hear of.</summary>
public sealed class NotificationHub : Hub
{
    public Task Subscribe(string topic) => Groups.AddToGroupAsync(Context.ConnectionId, topic);

    public Task Unsubscribe(string topic) => Groups.RemoveFromGroupAsync(Context.ConnectionId, topic);
}

/// <summary>Sends notifications from outside a hub.</summary>
public sealed class NotificationService(IHubContext<NotificationHub> hub)
{
    public Task NotifyAsync(string topic, string title, string text, CancellationToken cancellationToken) =>
        hub.Clients.Group(topic).SendAsync("notified", new Notification(topic, title, text, DateTimeOffset.UtcNow), cancellationToken);
}
