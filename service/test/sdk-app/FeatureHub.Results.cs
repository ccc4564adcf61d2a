using Microsoft.AspNetCore.SignalR;

namespace SdkApp;

public sealed partial class FeatureHub
{
    public Task<string> AskMe(string text) =>
        Answers.TextOf(() => Clients.Caller.InvokeAsync<string>("ask", text, CancellationToken.None));

    public Task<string> Ask(string connectionId, string text) =>
        Answers.TextOf(() => Clients.Client(connectionId).InvokeAsync<string>("ask", text, CancellationToken.None));

    /// <summary>Asks for a number, whatever the client gives.</summary>
    public Task<string> AskNumber(string connectionId, string text) =>
        Answers.TextOf(() => Clients.Client(connectionId).InvokeAsync<int>("ask", text, CancellationToken.None));

    /// <summary>An answer given in time, or none within a second.</summary>
    public Task<string> AskWithinSecond(string connectionId, string text) => WithinSecond<string>(connectionId, text);

    public Task<string> AskNumberWithinSecond(string connectionId, string text) => WithinSecond<int>(connectionId, text);

    private async Task<string> WithinSecond<T>(string connectionId, string text)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        return await Answers.TextOf(() => Clients.Client(connectionId).InvokeAsync<T>("ask", text, deadline.Token));
    }
}
