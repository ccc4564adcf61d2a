namespace DotnetClient;

/// <summary>
/// The client sends all that an exception says of itself. Here that is the message: a stack trace is another one in each
/// version.
/// </summary>
internal sealed class UploadBreaksOff(string message) : Exception(message)
{
    public override string ToString() => Message;
}
