using Azure.Core;

namespace SdkApp;

/// <summary>An identity whose tokens somebody else writes into a file, which is read for each token.</summary>
internal sealed class FileCredential(string path) : TokenCredential
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(File.ReadAllText(path).Trim(), DateTimeOffset.UtcNow + Lifetime);

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
