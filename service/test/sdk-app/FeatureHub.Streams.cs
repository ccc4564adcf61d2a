using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR;

namespace SdkApp;

public sealed partial class FeatureHub
{
    // From the server

    public async IAsyncEnumerable<int> Count(int count)
    {
        for (var number = 1; number <= count; number++)
        {
            await Task.Yield();
            yield return number;
        }
    }

    public ChannelReader<string> CountChannel(int count)
    {
        var channel = Channel.CreateBounded<string>(2);
        _ = WriteAsync();
        return channel.Reader;

        async Task WriteAsync()
        {
            for (var number = 1; number <= count; number++)
            {
                await channel.Writer.WriteAsync($"item {number}");
            }
            channel.Writer.Complete();
        }
    }

    public async IAsyncEnumerable<int> CountThenThrow(int count)
    {
        await foreach (var number in Count(count))
        {
            yield return number;
        }
        throw new InvalidOperationException("A secret of the app.");
    }

    public ChannelReader<int> CountThenThrowHub(int count)
    {
        var channel = Channel.CreateUnbounded<int>();
        for (var number = 1; number <= count; number++)
        {
            channel.Writer.TryWrite(number);
        }
        channel.Writer.Complete(new HubException("The numbers ran out."));
        return channel.Reader;
    }

    public IAsyncEnumerable<int> NoStream() => throw new HubException("There is no stream.");

    /// <summary>Three items, then nothing until it is cancelled; watchers hear of that.</summary>
    public async IAsyncEnumerable<int> CountUntilCancelled([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The hub is gone when the stream ends.
        var watchers = Clients.Group(Watchers);
        try
        {
            for (var number = 1; number <= 3; number++)
            {
                yield return number;
            }
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            await watchers.SendAsync("streamEnded", cancellationToken.IsCancellationRequested, CancellationToken.None);
        }
    }

    // To the server

    public async Task<int> Sum(IAsyncEnumerable<int> numbers)
    {
        var sum = 0;
        await foreach (var number in numbers)
        {
            sum += number;
        }
        return sum;
    }

    public async Task<string> Concat(ChannelReader<string> texts, string separator, IAsyncEnumerable<int> numbers)
    {
        var all = new List<string>();
        await foreach (var text in texts.ReadAllAsync())
        {
            all.Add(text);
        }
        await foreach (var number in numbers)
        {
            all.Add($"{number}");
        }
        return string.Join(separator, all);
    }

    /// <summary>Leaves the upload after its first item.</summary>
    public async Task<int> First(ChannelReader<int> numbers) => await numbers.ReadAsync();

    // Both

    public async IAsyncEnumerable<int> Scale(IAsyncEnumerable<int> numbers, int factor)
    {
        await foreach (var number in numbers)
        {
            yield return number * factor;
        }
    }
}
