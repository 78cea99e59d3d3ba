using AuthCore.Jose;
using AuthCore.Protocol;

namespace AuthCore.Features.ClientAssertions;

/// <summary>RFC 7523 §3, RFC 10070: what a client assertion must be and say. Pure.</summary>
internal static class ClientAssertionRules
{
    /// <summary>RFC 7523 §2.2: the one <c>client_assertion_type</c> there is here.</summary>
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>RFC 8414 §2: what an assertion may be signed with, where the client named none.</summary>
    public static readonly IReadOnlyList<SigningAlgorithm> Algorithms = [SigningAlgorithm.RS256, SigningAlgorithm.PS256, SigningAlgorithm.ES256, SigningAlgorithm.ES384];

    /// <summary>How far ahead an assertion may expire.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private static readonly ClientJwtRules s_rules = new(Algorithms, RulesFor);

    /// <summary>What the door demands of this client's assertions; of no client yet, where it has still to be found.</summary>
    public static JwtRules RulesOf(Client? client) => s_rules.Of(client, client?.TokenEndpointAuthSigningAlg);

    /// <summary>RFC 7523 §3: why this signed, timely assertion is not one by which the client may authenticate here; null where it is.</summary>
    /// <param name="jwt">The assertion.</param>
    /// <param name="client">Whose key signed it; the one that <c>client_id</c> names, where that was sent (RFC 7521 §4.2).</param>
    /// <param name="issuer">Ours.</param>
    /// <param name="tokenEndpoint">Ours.</param>
    public static string? FindFault(IncomingJwt jwt, Client client, string issuer, string tokenEndpoint) =>
        jwt.Issuer != client.ClientId ? "iss is not the client"
        : jwt.Subject != client.ClientId ? "sub is not the client"
        : !IsForUs(jwt, client, issuer, tokenEndpoint) ? "aud is not the issuer alone"
        : null;

    // RFC 10070: a list, or a URL of which another server may claim that it is its own, lets one server use what was meant for another.
    private static bool IsForUs(IncomingJwt jwt, Client client, string issuer, string tokenEndpoint) =>
        jwt.IsOnlyFor(issuer)
        || (client.ClientAssertionLegacyAudience && jwt.Audience.Count > 0 && jwt.Audience.All(audience => audience == issuer || audience == tokenEndpoint));

    private static JwtRules RulesFor(IReadOnlyList<SigningAlgorithm> algorithms) =>
        new(new JwsRules("client-authentication+jwt", TypRequired: false) { OtherTyps = ["JWT"], Algorithms = algorithms })
        {
            Required = ["iss", "sub", "aud", "exp", "jti"],
            ExpiresWithin = Longest,
        };
}
