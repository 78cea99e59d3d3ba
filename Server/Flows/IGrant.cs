using AuthCore.Protocol;

namespace AuthCore.Flows;

/// <summary>A token request whose client is authenticated and registered for the grant.</summary>
/// <param name="Client">Who asks.</param>
/// <param name="Parameters">The body.</param>
internal sealed record TokenRequest(Client Client, Parameters Parameters)
{
    /// <summary>The key that the request proved, to which its tokens are bound; null for bearer tokens.</summary>
    public TokenBinding? Binding { get; init; }
}

/// <summary>One <c>grant_type</c> of the token endpoint. Shared phases (parameters, client, allowed or not) are <see cref="TokenFlow"/>'s.</summary>
internal interface IGrant
{
    /// <summary>RFC 6749 §4: the value that asks for it.</summary>
    string GrantType { get; }

    /// <summary>Gives tokens to an authenticated client that is registered for the grant, or says why not.</summary>
    Task<Result<TokenResponse>> IssueAsync(TokenRequest request, CancellationToken ct);
}
