namespace AuthCore.Protocol;

/// <summary>An access token as it came to a protected resource, not yet judged.</summary>
/// <param name="Scheme">How it was presented: <c>Bearer</c>, or the scheme of a binding in the spelling of its standard.</param>
/// <param name="Value">The token.</param>
public sealed record PresentedToken(string Scheme, string Value)
{
    /// <summary>RFC 6750 §2, RFC 9449 §7.1: from the header, or as a bearer token from the form body; never from the query (OAuth 2.1 §5.1); two at once are refused.</summary>
    /// <param name="authorization">The <c>Authorization</c> header, or null.</param>
    /// <param name="form">The form body; empty where there is none.</param>
    /// <param name="schemes">The schemes beside <c>Bearer</c>; compared without regard to case (RFC 9110 §11.1).</param>
    public static Result<PresentedToken> Read(string? authorization, Parameters form, IReadOnlyList<string> schemes)
    {
        if (form.IsRepeated("access_token"))
        {
            return ProtocolError.InvalidRequest("A parameter is repeated.");
        }

        var inForm = form["access_token"];
        if (authorization is null)
        {
            return inForm is null ? BearerErrors.NoToken() : new PresentedToken(TokenBinding.Bearer, inForm);
        }

        if (inForm is not null)
        {
            return ProtocolError.InvalidRequest("The access token was sent in two ways.");
        }

        if (SchemeOf(authorization, schemes) is not { } scheme)
        {
            return BearerErrors.NoToken();
        }

        var token = authorization[(scheme.Length + 1)..].Trim(' ');
        return token.Length > 0 ? new PresentedToken(scheme, token) : ProtocolError.InvalidRequest("The Authorization header carries no token.");
    }

    /// <summary>RFC 9110 §11.1: the scheme of an <c>Authorization</c> header, in the spelling of its standard; null where it is none of these.</summary>
    public static string? SchemeOf(string? authorization, IReadOnlyList<string> schemes)
    {
        bool Has(string scheme) =>
            authorization.Length > scheme.Length && authorization[scheme.Length] == ' ' && authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);

        return authorization is null ? null : Has(TokenBinding.Bearer) ? TokenBinding.Bearer : schemes.FirstOrDefault(Has);
    }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"{Scheme} token";
}
