using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthCore.Jose;

namespace AuthCore.Features.Dpop;

/// <summary>RFC 9449 §4.3: whether a proof is good for the request that it came with.</summary>
internal static class DpopProofRules
{
    /// <summary>RFC 9449 §11.1: how old a proof may be, by its own word.</summary>
    public static readonly TimeSpan Behind = TimeSpan.FromSeconds(60);

    /// <summary>How far it may come from the future, for clocks that differ (FAPI 2.0 §5.3.2.1).</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromSeconds(10);

    private const int MaxIdLength = 256;

    private static readonly JwsRules s_jws = new("dpop+jwt") { KeyInHeader = true };

    private static readonly JwtRules s_byClock = new(s_jws) { Required = ["jti", "htm", "htu", "iat"], Ahead = Ahead, IssuedWithin = Behind };

    private static readonly JwtRules s_byNonce = s_byClock with { IgnoresTime = true };

    /// <summary>RFC 9449 §5.1: the algorithms that proofs may be signed with.</summary>
    public static IReadOnlyList<SigningAlgorithm> Algorithms => s_jws.Algorithms;

    /// <summary>Judges; the first fault is the verdict. A nonce is asked for only of a proof that is good in every other way.</summary>
    /// <param name="compact">The proof as it came.</param>
    /// <param name="demand">What it must be made for.</param>
    /// <param name="readNonce">When a nonce was made; null where it is not one of ours, or over.</param>
    /// <param name="nonceLifetime">How long a nonce is good.</param>
    /// <param name="now">The clock.</param>
    public static ProofVerdict Judge(string compact, ProofDemand demand, Func<string, DateTimeOffset?> readNonce, TimeSpan nonceLifetime, DateTimeOffset now)
    {
        if (!UnverifiedJws.TryRead(compact, s_jws, out var jws, out var reason))
        {
            return new ProofVerdict.Bad(reason);
        }

        if (demand.Client?.Allows(jws.Algorithm.Name) == false)
        {
            return new ProofVerdict.Bad("alg is none of the client's");
        }

        if (!jws.Verify(jws.HeaderKey!).Try(out var verified, out reason))
        {
            return new ProofVerdict.Bad(reason);
        }

        // RFC 9449 §4.3: how old it is, is told by our nonce or by its iat; one with a nonce may come from a clock that is wrong by years.
        var nonce = TextOf(verified.Payload, "nonce");
        var nonceMadeAt = nonce is null ? null : readNonce(nonce);
        if (!IncomingJwt.TryJudge(verified, s_byNonce, now, out var jwt, out reason))
        {
            return new ProofVerdict.Bad(reason);
        }

        if (FindFault(jwt, demand) is { } fault)
        {
            return new ProofVerdict.Bad(fault);
        }

        if (jwt.Payload.TryGetProperty("nonce", out _) ? nonceMadeAt is null : demand.NonceRequired)
        {
            return new ProofVerdict.NeedsNonce(nonce is null ? "no nonce" : "a nonce that is not ours, or over");
        }

        if (nonceMadeAt is null && !IncomingJwt.TryJudge(verified, s_byClock, now, out jwt, out reason))
        {
            return new ProofVerdict.Bad(reason, IsOfTime: true);
        }

        return new ProofVerdict.Good(new DpopProof(
            verified.Key.Thumbprint(), jwt.Id!, nonceMadeAt ?? jwt.IssuedAt!.Value, nonceMadeAt + nonceLifetime ?? jwt.IssuedAt!.Value + Behind, nonceMadeAt is not null));
    }

    private static string? FindFault(IncomingJwt jwt, ProofDemand demand)
    {
        if (jwt.Id!.Length > MaxIdLength)
        {
            return "jti is too long";
        }

        if (TextOf(jwt.Payload, "htm") != demand.Method)
        {
            return "htm is not the method of the request";   // RFC 9110 §9.1: methods are case-sensitive
        }

        if (TextOf(jwt.Payload, "htu") is not { } uri || TargetUri.Normalize(uri) is not { } target || target != TargetUri.Normalize(demand.Uri))
        {
            return "htu is not the URI of the request";
        }

        return demand.AccessToken is { } token && TextOf(jwt.Payload, "ath") != HashOf(token) ? "ath is not the hash of the access token" : null;
    }

    // RFC 9449 §4.2: SHA-256 of the token's ASCII
    private static string HashOf(string accessToken) => CanonicalBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));

    private static string? TextOf(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
