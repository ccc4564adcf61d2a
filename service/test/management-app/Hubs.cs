using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Azure.SignalR.Management;

namespace ManagementApp;

/// <summary>Methods of clients, for the strongly typed context.</summary>
public interface IReceiver
{
    Task Received(string text);
}

/// <summary>The hubs of the app: one service manager, one context for each name that is asked for.</summary>
public sealed class Hubs(IConfiguration configuration) : IAsyncDisposable
{
    private const string DefaultName = "Chat";
    private readonly ServiceManager _manager = Build(configuration);
    private readonly Dictionary<string, ServiceHubContext> _contexts = [];
    private ServiceHubContext<IReceiver>? _typed;

    public ServiceManager Manager => _manager;

    public async Task<ServiceHubContext> Get(string? name)
    {
        name ??= DefaultName;
        if (!_contexts.TryGetValue(name, out var context))
        {
            context = await _manager.CreateHubContextAsync(name, default);
            _contexts[name] = context;
        }
        return context;
    }

    public async Task<ServiceHubContext<IReceiver>> GetTyped() =>
        _typed ??= await _manager.CreateHubContextAsync<IReceiver>(DefaultName, default);

    public async ValueTask DisposeAsync()
    {
        foreach (var context in _contexts.Values) await context.DisposeAsync();
        if (_typed is not null) await _typed.DisposeAsync();
        _manager.Dispose();
    }

    private static ServiceManager Build(IConfiguration configuration)
    {
        var builder = new ServiceManagerBuilder().WithOptions(options =>
        {
            options.ConnectionString = configuration["SERVICE_CONNECTION_STRING"];
            options.ServiceTransportType = configuration.GetValue("TRANSPORT", ServiceTransportType.Transient);
            options.ApplicationName = configuration["APPLICATION_NAME"];
        });
        if (configuration["PROTOCOLS"] == "both") builder.AddHubProtocol(new MessagePackHubProtocol());
        return builder.BuildServiceManager();
    }
}
