namespace SdkApp;

internal static class Answers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What a client answered, or the error, as text.</summary>
    public static async Task<string> TextOf<T>(Func<Task<T>> ask)
    {
        try
        {
            return $"answer: {await ask().WaitAsync(Patience)}";
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message}";
        }
    }
}
