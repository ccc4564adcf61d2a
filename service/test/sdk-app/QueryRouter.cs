using Microsoft.Azure.SignalR;

namespace SdkApp;

/// <summary>What the SDK knows of one of its services.</summary>
internal sealed record EndpointStatus(string Name, bool Online, bool IsActive, int Clients, int Servers, int Capacity);

/// <summary>Sends a client to the endpoint that its query names, online or not; others as the SDK does.</summary>
internal sealed class QueryRouter : EndpointRouterDecorator
{
    /// <summary>As they were when a client last negotiated.</summary>
    public IReadOnlyList<EndpointStatus> LastSeen { get; private set; } = [];

    public override ServiceEndpoint GetNegotiateEndpoint(HttpContext context, IEnumerable<ServiceEndpoint> endpoints)
    {
        LastSeen = [.. endpoints.Select(StatusOf)];
        var name = context.Request.Query["endpoint"].ToString();
        return endpoints.FirstOrDefault(endpoint => name.Length > 0 && endpoint.Name == name)
            ?? base.GetNegotiateEndpoint(context, endpoints);
    }

    private static EndpointStatus StatusOf(ServiceEndpoint endpoint)
    {
        var metrics = endpoint.EndpointMetrics;
        return new(endpoint.Name, endpoint.Online, endpoint.IsActive, metrics.ClientConnectionCount, metrics.ServerConnectionCount, metrics.ConnectionCapacity);
    }
}
