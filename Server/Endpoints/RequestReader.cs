using AuthCore.Flows;
using AuthCore.Protocol;

namespace AuthCore.Endpoints;

/// <summary>Stands in the features of a request that called the server by another origin than the issuer's.</summary>
/// <param name="Origin">That origin; it is configured, not taken from the request.</param>
internal sealed record CalledByAlias(string Origin);

/// <summary>Reads what a request brought, so that flows need not know of HTTP.</summary>
internal static class RequestReader
{
    /// <summary>The facts of this request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="parameters">Its form, as the gate decoded it.</param>
    public static RequestFacts Facts(this HttpContext http, Parameters parameters)
    {
        var headers = http.Request.Headers;
        return new RequestFacts
        {
            Method = http.Request.Method,
            Path = http.Request.Path.Value ?? "",
            Alias = http.Features.Get<CalledByAlias>()?.Origin,
            Parameters = parameters,
            Authorization = headers.Authorization,   // two of them are joined, and then neither is well formed
            DpopProofs = headers.TryGetValue("DPoP", out var proofs) ? [.. proofs.OfType<string>()] : [],
            ClientCertificate = http.Connection.ClientCertificate?.RawDataMemory,   // never `x ? memory : null`: that null is an empty memory
            SetAnswerHeader = (name, value) => http.Response.Headers[name] = value,
        };
    }
}
