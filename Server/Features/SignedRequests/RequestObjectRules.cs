using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Protocol;

namespace AuthCore.Features.SignedRequests;

/// <summary>RFC 9101 §4, FAPI 2.0 Message Signing §5.3.1: what a request object must be and say, and the parameters it holds. Pure.</summary>
internal static class RequestObjectRules
{
    /// <summary>FAPI 2.0 Message Signing §5.3.1: how long ago <c>nbf</c> may lie, and how long after it <c>exp</c>.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(60);

    private const string MaxAge = "max_age";

    // RFC 7519 §4.1: of the token, not of the request.
    private static readonly string[] s_claims = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

    // What the standards make no text of: OIDC Core §5.5, OIDC Registration §2, RFC 9396 §2.
    private static readonly string[] s_json = ["claims", "registration", "authorization_details"];

    private static readonly ClientJwtRules s_doors = new(SigningAlgorithm.All, DoorFor);

    /// <summary>What the door demands of this client's request objects.</summary>
    public static JwtRules DoorOf(Client client) => s_doors.Of(client, client.RequestObjectSigningAlg);

    /// <summary>Judges what a signed, timely object says.</summary>
    /// <param name="jwt">Signed by the client's key.</param>
    /// <param name="client">Whose key, and whose request it must be.</param>
    /// <param name="issuer">Ours.</param>
    /// <param name="now">The clock.</param>
    /// <param name="others">The parameters that features of this server define: texts, all of them (RFC 9449 §10: <c>dpop_jkt</c>).</param>
    /// <returns>The parameters inside, as if they had been sent plainly; or <c>invalid_request_object</c>.</returns>
    public static Result<Parameters> Read(IncomingJwt jwt, Client client, string issuer, DateTimeOffset now, IReadOnlyList<string>? others = null)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        return (FindFault(jwt, client, issuer, now) ?? TakeAll(jwt.Payload, others ?? [], pairs)) is { } fault
            ? ProtocolError.InvalidRequestObject(fault)
            : Parameters.Of(pairs);
    }

    private static string? FindFault(IncomingJwt jwt, Client client, string issuer, DateTimeOffset now) =>
        jwt.Issuer != client.ClientId ? "iss is not the client"
        : jwt.Subject == client.ClientId ? "sub is the client, as in an assertion"   // RFC 9101 §10.8: the one must not be usable as the other
        : !jwt.Audience.Contains(issuer) ? "aud is not the issuer"
        : jwt.NotBefore is not { } from || jwt.ExpiresAt is not { } to ? "nbf or exp is missing"
        : now - from > Longest ? "nbf is too long ago"
        : to - from > Longest || to <= from ? "exp is not within the hour after nbf"
        : !IsText(jwt.Payload, "client_id", client.ClientId) ? "client_id is not the client"   // RFC 9101 §5
        : null;

    private static string? TakeAll(JsonElement payload, IReadOnlyList<string> others, List<KeyValuePair<string, string>> pairs)
    {
        foreach (var member in payload.EnumerateObject().Where(member => !s_claims.Contains(member.Name)))
        {
            if (member.Name is "request" or "request_uri")
            {
                return "carries request or request_uri";   // RFC 9101 §4
            }

            if (ValuesOf(member.Name, member.Value, others) is not { } values)
            {
                return "a parameter is not of its type";
            }

            if (member.Name.Length > Parameters.MaxNameLength || values.Any(value => value.Length > Parameters.MaxValueLength || value.Contains('\0', StringComparison.Ordinal)))
            {
                return "a parameter is too long, or has a NUL";
            }

            pairs.AddRange(values.Select(value => KeyValuePair.Create(member.Name, value)));
        }

        return pairs.Count > Parameters.MaxCount ? "has too many parameters" : null;
    }

    // RFC 9101 §4: texts are JSON strings, numbers JSON numbers; what a standard defines as JSON is that JSON, or a text of it. Null where it is none of these.
    private static IEnumerable<string>? ValuesOf(string name, JsonElement value, IReadOnlyList<string> others) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Number when name == MaxAge => [value.GetRawText()],
        JsonValueKind.Object or JsonValueKind.Array when s_json.Contains(name) => [value.GetRawText()],
        JsonValueKind.Array when name == "resource" && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            value.EnumerateArray().Select(item => item.GetString()!),   // RFC 8707 §2: it may repeat
        _ when name != "resource" && !AuthorizationRequestRules.Known.Contains(name) && !others.Contains(name) => [],   // OAuth 2.1 §3.1: unknown ones are ignored
        _ => null,
    };

    private static bool IsText(JsonElement payload, string name, string text) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static JwtRules DoorFor(IReadOnlyList<SigningAlgorithm> algorithms) =>
        new(new JwsRules("oauth-authz-req+jwt", TypRequired: false) { OtherTyps = ["JWT"], MaxLength = Parameters.MaxValueLength, Algorithms = algorithms })
        {
            Required = ["iss", "aud", "exp", "nbf", "client_id"],
        };
}
