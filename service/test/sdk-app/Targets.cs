using Microsoft.AspNetCore.SignalR;

namespace SdkApp;

/// <summary>Who gets a text: <c>To</c> names the kind, <c>Names</c> the ids, users or groups, <c>Except</c> connection ids.</summary>
public sealed record Sending(string To, string[] Names, string[] Except, string Text);

internal static class Targets
{
    public static IClientProxy Of(IHubClients clients, Sending sending) => sending.To switch
    {
        "all" => clients.All,
        "allExcept" => clients.AllExcept(sending.Except),
        "client" => clients.Client(sending.Names[0]),
        "clients" => clients.Clients(sending.Names),
        "group" => clients.Group(sending.Names[0]),
        "groupExcept" => clients.GroupExcept(sending.Names[0], sending.Except),
        "groups" => clients.Groups(sending.Names),
        "user" => clients.User(sending.Names[0]),
        "users" => clients.Users(sending.Names),
        _ => throw new HubException($"There is no target {sending.To}."),
    };

    public static IClientProxy Of(IHubCallerClients clients, Sending sending) => sending.To switch
    {
        "caller" => clients.Caller,
        "others" => clients.Others,
        "othersInGroup" => clients.OthersInGroup(sending.Names[0]),
        "all" => clients.All,
        "allExcept" => clients.AllExcept(sending.Except),
        "client" => clients.Client(sending.Names[0]),
        "clients" => clients.Clients(sending.Names),
        "group" => clients.Group(sending.Names[0]),
        "groupExcept" => clients.GroupExcept(sending.Names[0], sending.Except),
        "groups" => clients.Groups(sending.Names),
        "user" => clients.User(sending.Names[0]),
        "users" => clients.Users(sending.Names),
        _ => throw new HubException($"There is no target {sending.To}."),
    };
}
