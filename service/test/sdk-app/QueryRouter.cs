using Microsoft.Azure.SignalR;

namespace SdkApp;

/// <summary>Sends a client to the endpoint that its query names, online or not; others as the SDK does.</summary>
internal sealed class QueryRouter : EndpointRouterDecorator
{
    public override ServiceEndpoint GetNegotiateEndpoint(HttpContext context, IEnumerable<ServiceEndpoint> endpoints)
    {
        var name = context.Request.Query["endpoint"].ToString();
        return endpoints.FirstOrDefault(endpoint => name.Length > 0 && endpoint.Name == name)
            ?? base.GetNegotiateEndpoint(context, endpoints);
    }
}
