using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace SdkApp;

/// <summary>Believes whoever <c>?user=</c> names, and gives that user claims of several kinds.</summary>
internal sealed class QueryAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Query";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var user = Request.Query["user"].ToString();
        if (user.Length == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }
        Claim[] claims =
        [
            new(ClaimTypes.NameIdentifier, user),
            new(ClaimTypes.Name, $"{user} of the test"),
            new(ClaimTypes.Role, "reader"),
            new(ClaimTypes.Role, "writer"),
            new("color", "blue"),
            new("color", "grün"),
            new("aud", "an audience of the app"),
            new("level", "7", ClaimValueTypes.Integer32),
        ];
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme)));
    }
}
