using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace AspNetChat;

/// <summary>Who is in the chat: names by connection, and the rooms of each. One for the whole app.</summary>
public sealed class ChatRoster
{
    private readonly ConcurrentDictionary<string, Member> _members = new();
    private readonly Lock _gate = new();

    public IReadOnlyList<string> Names => [.. _members.Values.Select(member => member.Name).Order()];

    /// <summary>False when somebody else has the name.</summary>
    public bool TryRegister(string connectionId, string name)
    {
        lock (_gate)
        {
            if (_members.Any(pair => pair.Key != connectionId && string.Equals(pair.Value.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                return false;
            }
            _members[connectionId] = new Member(name);
            return true;
        }
    }

    public bool TryGet(string connectionId, [NotNullWhen(true)] out Member? member) => _members.TryGetValue(connectionId, out member);

    public string? ConnectionOf(string name) =>
        _members.FirstOrDefault(pair => string.Equals(pair.Value.Name, name, StringComparison.OrdinalIgnoreCase)).Key;

    public bool TryRemove(string connectionId, [NotNullWhen(true)] out Member? member) => _members.TryRemove(connectionId, out member);

    public sealed record Member(string Name)
    {
        public ConcurrentDictionary<string, byte> Rooms { get; } = new();
    }
}
