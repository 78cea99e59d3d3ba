using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Web;

namespace AuthCore.Endpoints;

/// <summary>RFC 7591 §2 <c>jwks_uri</c>: fetched by the one guarded way out, within 5 s and 64 KB.</summary>
internal sealed class KeySetDownload(OutboundHttp http) : IKeySetSource
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<KeySetAnswer> FetchAsync(string uri, CancellationToken ct)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http"))
        {
            return new KeySetAnswer(null, Fault: "it is no URL");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Accept.ParseAdd("application/jwk-set+json, application/json");
        var answer = await http.SendAsync(request, s_limit, JwkSet.MaxBytes, ct);
        if (answer.Fault is not null || answer.Status != StatusCodes.Status200OK)
        {
            return new KeySetAnswer(null, Fault: answer.Fault ?? $"it answered {answer.Status}");
        }

        var age = answer.CacheControl is { } control && (control.NoStore || control.NoCache) ? TimeSpan.Zero : answer.CacheControl?.MaxAge;
        return new KeySetAnswer(answer.Body, age);
    }
}
