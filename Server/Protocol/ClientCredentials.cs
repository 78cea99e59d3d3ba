namespace AuthCore.Protocol;

/// <summary>How a request says which client it comes from.</summary>
/// <param name="Method"><c>client_secret_basic</c>, <c>client_secret_post</c>, <see cref="IdOnly"/> or <see cref="Assertion"/>.</param>
/// <param name="ClientId">The claimed client; not proven yet. Null where only an assertion names it.</param>
/// <param name="Secret">The secret; null where there is none.</param>
public sealed record ClientCredentials(string Method, string? ClientId, string? Secret)
{
    /// <summary>The request carries just its <c>client_id</c>: a public client, or one whose proof is not among the parameters.</summary>
    public const string IdOnly = "none";

    /// <summary>RFC 7521 §4.2: the request carries <c>client_assertion</c> and <c>client_assertion_type</c>. No client is registered for a method of this name.</summary>
    public const string Assertion = "client_assertion";

    private const int MaxLength = 1024;
    private const int MaxHeader = 8 * 1024;

    /// <summary>RFC 6749 §2.3: reads the client's authentication; more than one method in a request is refused.</summary>
    /// <param name="authorization">The <c>Authorization</c> header, or null.</param>
    /// <param name="parameters">The body.</param>
    /// <returns><c>invalid_client</c> where there is none or the header is malformed, <c>invalid_request</c> where there are two.</returns>
    public static Result<ClientCredentials> Read(string? authorization, Parameters parameters)
    {
        var clientId = parameters["client_id"];
        var secret = parameters["client_secret"];
        if (parameters["client_assertion"] is not null || parameters["client_assertion_type"] is not null)
        {
            return ReadAssertion(authorization, parameters);
        }

        if (authorization is null)
        {
            return clientId is null ? ProtocolError.InvalidClient("no client authentication")
                : new ClientCredentials(secret is null ? IdOnly : "client_secret_post", clientId, secret);
        }

        if (ReadBasic(authorization) is not { } basic)
        {
            return ProtocolError.InvalidClient("malformed Authorization header");
        }

        if (secret is not null)
        {
            return ProtocolError.InvalidRequest("The client must use exactly one authentication method.");
        }

        return clientId is null || clientId == basic.ClientId
            ? basic
            : ProtocolError.InvalidRequest("The parameter 'client_id' differs from the Authorization header.");
    }

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"{Method} {ClientId}";

    // RFC 7521 §4.2: both parameters, each once, and no other method beside them; which method the type stands for is said elsewhere.
    private static Result<ClientCredentials> ReadAssertion(string? authorization, Parameters parameters) =>
        authorization is not null || parameters["client_secret"] is not null ? ProtocolError.InvalidRequest("The client must use exactly one authentication method.")
        : parameters.FindRepeated(["client_assertion", "client_assertion_type", "client_id"]) is not null ? ProtocolError.InvalidRequest("A parameter is repeated.")
        : parameters["client_assertion"] is null || parameters["client_assertion_type"] is null ? ProtocolError.InvalidClient("half of a client assertion")
        : new ClientCredentials(Assertion, parameters["client_id"], Secret: null);

    // RFC 7617 §2 over RFC 6749 §2.3.1: both halves are form-urlencoded before they are joined and put into base64.
    private static ClientCredentials? ReadBasic(string authorization)
    {
        const string Scheme = "Basic ";
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || authorization.Length > MaxHeader)
        {
            return null;
        }

        var encoded = authorization[Scheme.Length..].TrimStart(' ');
        var bytes = (encoded.Length <= MaxLength ? stackalloc byte[MaxLength] : new byte[MaxHeader])[..(encoded.Length / 4 * 3)];
        if (encoded.Any(char.IsWhiteSpace) || !Convert.TryFromBase64String(encoded, bytes, out var length)
            || Convert.ToBase64String(bytes[..length]) != encoded)   // one credential, one spelling
        {
            return null;
        }

        bytes = bytes[..length];
        var colon = bytes.IndexOf((byte)':');
        var buffer = new byte[length];
        return colon > 0
            && Parameters.TryDecode(bytes[..colon], buffer, MaxLength, out var id)
            && Parameters.TryDecode(bytes[(colon + 1)..], buffer, MaxLength, out var secret)
            && secret.Length > 0
                ? new ClientCredentials("client_secret_basic", id, secret)
                : null;
    }
}
