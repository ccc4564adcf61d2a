namespace ManagementApp;

/// <summary>An object, whose members are named as the serializer likes.</summary>
public sealed record Note(string Title, int Stars, Note? Answer);

/// <summary>An argument of every kind.</summary>
public static class Kinds
{
    /// <summary>One argument, which is a list.</summary>
    public static object All => new object?[]
    {
        long.MaxValue,
        long.MinValue,
        1.5,
        true,
        null,
        "é \"<&>\" 😀",
        new byte[] { 0, 1, 255 },
        new[] { 1, 2, 3 },
        new Note("first", 5, new Note("second", -1, null)),
    };
}
