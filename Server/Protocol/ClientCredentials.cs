namespace AuthCore.Protocol;

/// <summary>How a request says which client it comes from.</summary>
/// <param name="Method"><c>client_secret_basic</c>, <c>client_secret_post</c> or <c>none</c>.</param>
/// <param name="ClientId">The claimed client; not proven yet.</param>
/// <param name="Secret">The secret; null for <c>none</c>.</param>
public sealed record ClientCredentials(string Method, string ClientId, string? Secret)
{
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
            return authorization is not null || secret is not null
                ? ProtocolError.InvalidRequest("The client must use exactly one authentication method.")
                : ProtocolError.InvalidClient("client assertions are not offered");
        }

        if (authorization is null)
        {
            return clientId is null ? ProtocolError.InvalidClient("no client authentication")
                : new ClientCredentials(secret is null ? "none" : "client_secret_post", clientId, secret);
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
