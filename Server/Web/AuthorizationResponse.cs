using AuthCore.Protocol;
using AuthCore.Web.Pages;

namespace AuthCore.Web;

/// <summary>Delivers an authorization response, good or bad, by query or form (RFC 6749 §4.1.2, Form Post Response Mode §2).</summary>
internal static class AuthorizationResponse
{
    /// <summary>Delivers it.</summary>
    /// <param name="redirectUri">A URI that was checked.</param>
    /// <param name="response">What goes there, and how.</param>
    /// <param name="clientName">For the page that posts it.</param>
    public static IResult To(string redirectUri, EncodedResponse response, string? clientName) =>
        response.ResponseMode == "form_post"
            ? PageResult.For(new FormPostModel { Action = redirectUri, Fields = response.Parameters, ClientName = clientName })
            : new SeeOther(WithQuery(redirectUri, response.Parameters));

    // OAuth 2.1 §2.3: a registered query stays; ours is added to it.
    private static string WithQuery(string uri, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var separator = !uri.Contains('?', StringComparison.Ordinal) ? "?" : uri[^1] is '?' or '&' ? "" : "&";
        return uri + separator + string.Join('&', fields.Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
    }
}
