using AuthCore.Protocol;
using AuthCore.Web.Pages;

namespace AuthCore.Web;

/// <summary>Delivers an authorization response, good or bad, by the response mode of the request (RFC 6749 §4.1.2, Form Post Response Mode §2).</summary>
internal static class AuthorizationResponse
{
    /// <summary>RFC 9207 §2: every response says whose it is.</summary>
    public static IResult To(ResponseTarget target, string issuer, string? code, ProtocolError? error, string? clientName)
    {
        List<KeyValuePair<string, string>> fields = error is null
            ? [new("code", code ?? throw new ArgumentNullException(nameof(code)))]
            : [new("error", error.Code), new("error_description", error.Description)];
        if (target.State is { } state)
        {
            fields.Add(new("state", state));
        }

        fields.Add(new("iss", issuer));
        return target.ResponseMode == "form_post"
            ? PageResult.For(new FormPostModel { Action = target.RedirectUri, Fields = fields, ClientName = clientName })
            : new SeeOther(WithQuery(target.RedirectUri, fields));
    }

    // OAuth 2.1 §2.3: a registered query stays; ours is added to it.
    private static string WithQuery(string uri, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var separator = !uri.Contains('?', StringComparison.Ordinal) ? "?" : uri[^1] is '?' or '&' ? "" : "&";
        return uri + separator + string.Join('&', fields.Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
    }
}
