namespace ManagementApp;

/// <summary>What the app is asked to do: a method of ServiceHubContext, with those of its parameters that it has.</summary>
public sealed record Call(
    string Do,
    string? Hub = null,
    string? Text = null,
    int? Repeat = null,
    string? Connection = null,
    string? User = null,
    string? Group = null,
    string[]? Names = null,
    string[]? Except = null,
    int? Seconds = null,
    string? Reason = null)
{
    /// <summary>The text to send, as long as it shall be.</summary>
    public string Message => string.Concat(Enumerable.Repeat(Text ?? "", Repeat ?? 1));

    public IReadOnlyList<string> Listed => Names ?? [];

    public IReadOnlyList<string> Excepted => Except ?? [];
}
