using AuthCore.Stores;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace AuthCore.Endpoints;

/// <summary>Which pages of others may call us from a browser: metadata everybody's; tokens those of registered clients, without credentials.</summary>
internal sealed class Cors(ClientStore clients) : ICorsPolicyProvider
{
    /// <summary>Open documents.</summary>
    public const string Everybody = "everybody";

    /// <summary>Endpoints that browsers of registered clients call.</summary>
    public const string Clients = "clients";

    /// <inheritdoc/>
    public async Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var policy = new CorsPolicyBuilder().WithMethods("GET", "POST").WithHeaders("Authorization", "Content-Type", "DPoP");
        switch (policyName)
        {
            case Everybody:
                return policy.AllowAnyOrigin().Build();
            case Clients:
                // RFC 6454 §7: an opaque origin writes itself `null`, and is nobody's.
                return context.Request.Headers.Origin is [{ } origin] && origin != "null" && await clients.HasOriginAsync(origin, context.RequestAborted)
                    ? policy.WithOrigins(origin).WithExposedHeaders("WWW-Authenticate", "DPoP-Nonce").SetPreflightMaxAge(TimeSpan.FromMinutes(10)).Build()
                    : policy.Build();   // allows nobody; without any policy a preflight would be handed on and answered as the request itself
            default:
                return null;
        }
    }
}
