using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.SignalR.Management;

namespace ManagementApp;

/// <summary>Does calls, and says in a line what came of them.</summary>
public static class Doing
{
    private const string Target = "received";

    public static async Task<string> Of(Call call, Hubs hubs)
    {
        try
        {
            return await Done(call, hubs);
        }
        catch (AggregateException error) when (error.InnerException is not null)
        {
            return Failure(error.InnerException);
        }
        catch (Exception error)
        {
            return Failure(error);
        }
    }

    private static async Task<string> Done(Call call, Hubs hubs)
    {
        if (call.Do == "ServiceManager.IsServiceHealthy") return $"{await hubs.Manager.IsServiceHealthy(default)}";
        if (call.Do == "Typed.Clients.All")
        {
            await (await hubs.GetTyped()).Clients.All.Received(call.Message);
            return "done";
        }
        var context = await hubs.Get(call.Hub);
        if (Targeted(call, context.Clients) is { } targeted)
        {
            await targeted.SendAsync(Target, call.Message);
            return "done";
        }
        if (Asked(call, context) is { } asked) return $"{await asked}";
        return await Changed(call, context);
    }

    private static IClientProxy? Targeted(Call call, IHubClients clients) => call.Do switch
    {
        "Clients.All" => clients.All,
        "Clients.AllExcept" => clients.AllExcept(call.Excepted),
        "Clients.Client" => clients.Client(call.Connection!),
        "Clients.Clients" => clients.Clients(call.Listed),
        "Clients.Group" => clients.Group(call.Group!),
        "Clients.GroupExcept" => clients.GroupExcept(call.Group!, call.Excepted),
        "Clients.Groups" => clients.Groups(call.Listed),
        "Clients.User" => clients.User(call.User!),
        "Clients.Users" => clients.Users(call.Listed),
        _ => null,
    };

    private static Task<bool>? Asked(Call call, ServiceHubContext context) => call.Do switch
    {
        "UserGroups.IsUserInGroup" => context.UserGroups.IsUserInGroup(call.User!, call.Group!),
        "ClientManager.ConnectionExists" => context.ClientManager.ConnectionExistsAsync(call.Connection!),
        "ClientManager.UserExists" => context.ClientManager.UserExistsAsync(call.User!),
        "ClientManager.GroupExists" => context.ClientManager.GroupExistsAsync(call.Group!),
        _ => null,
    };

    private static async Task<string> Changed(Call call, ServiceHubContext context)
    {
        var (groups, users) = (context.Groups, context.UserGroups);
        await (call.Do switch
        {
            "Clients.All fence" => context.Clients.All.SendAsync("fence", call.Seconds),
            "Clients.All kinds" => context.Clients.All.SendAsync(Target, Kinds.All),
            "Clients.All no arguments" => context.Clients.All.SendAsync(Target),
            "Clients.All eleven arguments" => context.Clients.All.SendCoreAsync(Target, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
            "Clients.Client InvokeAsync" => context.Clients.Client(call.Connection!).InvokeAsync<string>("ask", call.Message, default),
            "Groups.Add" => groups.AddToGroupAsync(call.Connection!, call.Group!),
            "Groups.Remove" => groups.RemoveFromGroupAsync(call.Connection!, call.Group!),
            "Groups.RemoveFromAll" => groups.RemoveFromAllGroupsAsync(call.Connection!),
            "UserGroups.Add" when call.Seconds is int seconds =>
                users.AddToGroupAsync(call.User!, call.Group!, TimeSpan.FromSeconds(seconds)),
            "UserGroups.Add" => users.AddToGroupAsync(call.User!, call.Group!),
            "UserGroups.Remove" => users.RemoveFromGroupAsync(call.User!, call.Group!),
            "UserGroups.RemoveFromAll" => users.RemoveFromAllGroupsAsync(call.User!),
            "ClientManager.CloseConnection" => context.ClientManager.CloseConnectionAsync(call.Connection!, call.Reason!),
            _ => throw new ArgumentException($"There is no call {call.Do}."),
        });
        return "done";
    }

    private static string Failure(Exception error) => $"{error.GetType().Name}: {error.Message.Split('\n')[0].Trim()}";
}
