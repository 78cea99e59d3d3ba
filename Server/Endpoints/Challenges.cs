using AuthCore.Flows;
using AuthCore.Protocol;
using Microsoft.Extensions.Primitives;

namespace AuthCore.Endpoints;

/// <summary>RFC 9110 §11.6.1: the <c>WWW-Authenticate</c> of a protected resource, one header a scheme.</summary>
internal static class Challenges
{
    private const string Realm = "realm=\"authcore\"";

    /// <summary>For an error, in the scheme that was tried, or had to be. Without a token, each scheme that would do, and no error (RFC 6750 §3, RFC 9449 §7.1).</summary>
    /// <param name="error">The error.</param>
    /// <param name="authorization">The <c>Authorization</c> header, or null.</param>
    /// <param name="bindings">Who knows the schemes beside <c>Bearer</c>.</param>
    /// <param name="more">Further parameters, each after a comma.</param>
    public static StringValues Of(ProtocolError error, string? authorization, TokenBindings bindings, string more = "")
    {
        if (error.Code.Length == 0)
        {
            return new StringValues([Opening(TokenBinding.Bearer, bindings), .. bindings.Schemes.Select(scheme => Opening(scheme, bindings))]);
        }

        var scheme = error.Scheme ?? PresentedToken.SchemeOf(authorization, bindings.Schemes) ?? TokenBinding.Bearer;
        return $"{Opening(scheme, bindings)}, error=\"{error.Code}\", error_description=\"{error.Description}\"{more}";
    }

    private static string Opening(string scheme, TokenBindings bindings) =>
        bindings.ChallengeOf(scheme) is { } parameters ? $"{scheme} {Realm}, {parameters}" : $"{scheme} {Realm}";
}
