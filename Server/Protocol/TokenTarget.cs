namespace AuthCore.Protocol;

/// <summary>RFC 8707 §2.2: who may accept an access token, for what, and in which form it is made.</summary>
/// <param name="Audience">RFC 9068 §3: the resources, and this server where userinfo is to take it.</param>
/// <param name="Scope">RFC 6749 §5.1: what it says; never more than was granted.</param>
/// <param name="Format">The form that client or resource chose; null = the plain one.</param>
/// <param name="SigningAlg">For forms that are signed.</param>
public sealed record TokenTarget(string[] Audience, string[] Scope, string? Format, string SigningAlg)
{
    private const string DefaultAlg = "ES256";
    private const string Jwt = "jwt";

    /// <summary>Aims a token at resources.</summary>
    /// <param name="client">Whose token it is to be.</param>
    /// <param name="scope">What was granted, or narrowed to.</param>
    /// <param name="resource">What it is for; empty = this server.</param>
    /// <param name="catalog">What the scopes and resources are.</param>
    /// <param name="issuer">This server.</param>
    /// <returns>
    /// <c>invalid_target</c> where a resource is gone, or several cannot share a token: one token has one form and one signature.
    /// <c>invalid_scope</c> where nothing of the scope has a meaning at the resources.
    /// </returns>
    public static Result<TokenTarget> Choose(Client client, string[] scope, string[] resource, ScopeCatalog catalog, string issuer)
    {
        if (resource.Length == 0)
        {
            return new TokenTarget([issuer], scope, client.AccessTokenFormat, DefaultAlgOf(client));
        }

        var forms = resource.Select(catalog.FindResource).Select(r => r is null ? default : FormAt(client, r)).Distinct().ToArray();
        if (forms.Contains(default))
        {
            return ProtocolError.InvalidTarget("a resource is no longer one of this server");
        }

        if (forms.Length > 1)
        {
            return ProtocolError.SeparateTargets();
        }

        if (forms[0].Alg is { } alg && !client.Allows(alg))
        {
            return ProtocolError.InvalidTarget("the resource's tokens are signed with an algorithm that the client's registration excludes");
        }

        var left = catalog.ScopeAt(resource, scope);
        if (left.Length == 0 && scope.Length > 0)
        {
            return ProtocolError.InvalidScope("nothing of it has a meaning at the resource");   // RFC 6749 §5.1 has no way to say "none of it"
        }

        return new TokenTarget(scope.Contains(Protocol.Scope.OpenId) ? [.. resource, issuer] : resource, left, forms[0].Format, forms[0].Alg ?? DefaultAlgOf(client));
    }

    /// <summary>What signs the client's tokens for a resource; null where they are not signed.</summary>
    public static string? AlgorithmAt(Client client, ResourceDefinition resource) => FormAt(client, resource).Alg;

    private static string DefaultAlgOf(Client client) => client.Allows(DefaultAlg) ? DefaultAlg : client.DefaultSigningAlg;

    // What is not signed has no algorithm that could differ.
    private static (string? Format, string? Alg) FormAt(Client client, ResourceDefinition resource)
    {
        var format = client.AccessTokenFormat ?? resource.AccessTokenFormat ?? Jwt;
        return (format, format == Jwt ? resource.SigningAlg : null);
    }
}
