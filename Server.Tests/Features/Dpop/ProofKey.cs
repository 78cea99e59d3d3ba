using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AuthCore.Jose;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>A client's key, and the proofs it makes: good ones, of which a test changes single members.</summary>
internal sealed class ProofKey
{
    private readonly AsymmetricAlgorithm _key;
    private readonly string _alg;

    private ProofKey(AsymmetricAlgorithm key, string alg, JsonObject jwk) =>
        (_key, _alg, Jwk, Thumbprint) = (key, alg, jwk, ThumbprintOf(jwk));

    /// <summary>The public key.</summary>
    public JsonObject Jwk { get; }

    /// <summary>RFC 7638, computed here a second time.</summary>
    public string Thumbprint { get; }

    /// <summary>The <c>cnf</c> of tokens that are bound to it.</summary>
    public string Confirmation => $$"""{"jkt":"{{Thumbprint}}"}""";

    /// <summary>A new key for the algorithm.</summary>
    public static ProofKey Create(string alg = "ES256", int bits = 2048)
    {
        if (alg.StartsWith("ES", StringComparison.Ordinal))
        {
            var (curve, name) = alg switch
            {
                "ES384" => (ECCurve.NamedCurves.nistP384, "P-384"),
                "ES512" => (ECCurve.NamedCurves.nistP521, "P-521"),
                _ => (ECCurve.NamedCurves.nistP256, "P-256"),
            };
            var ec = ECDsa.Create(curve);
            var point = ec.ExportParameters(includePrivateParameters: false).Q;
            return new ProofKey(ec, alg, new JsonObject { ["kty"] = "EC", ["crv"] = name, ["x"] = Encode(point.X), ["y"] = Encode(point.Y) });
        }

        var rsa = RSA.Create(bits);
        var numbers = rsa.ExportParameters(includePrivateParameters: false);
        return new ProofKey(rsa, alg, new JsonObject { ["kty"] = "RSA", ["n"] = Encode(numbers.Modulus), ["e"] = Encode(numbers.Exponent) });
    }

    /// <summary>RFC 9449 §4.2: <c>ath</c>.</summary>
    public static string HashOf(string accessToken) => Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));

    /// <summary>A good proof, but for what the changes change.</summary>
    public string Prove(
        string method, string uri, DateTimeOffset now, string? accessToken = null, string? nonce = null, Action<JsonObject>? claims = null, Action<JsonObject>? header = null)
    {
        var payload = new JsonObject
        {
            ["jti"] = Encode(RandomNumberGenerator.GetBytes(16)),
            ["htm"] = method,
            ["htu"] = uri,
            ["iat"] = now.ToUnixTimeSeconds(),
        };
        if (accessToken is not null)
        {
            payload["ath"] = HashOf(accessToken);
        }

        if (nonce is not null)
        {
            payload["nonce"] = nonce;
        }

        var head = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = _alg, ["jwk"] = Jwk.DeepClone() };
        claims?.Invoke(payload);
        header?.Invoke(head);
        return Sign(head.ToJsonString(), payload.ToJsonString());
    }

    /// <summary>Signs any text whatever as a proof.</summary>
    public string Sign(string header, string payload)
    {
        var input = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        return $"{input}.{Encode(Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private byte[] Sign(byte[] data) => _key switch
    {
        ECDsa ec => ec.SignData(data, _alg switch { "ES384" => HashAlgorithmName.SHA384, "ES512" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA256 }),
        RSA rsa => rsa.SignData(data, HashAlgorithmName.SHA256, _alg == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
        _ => throw new InvalidOperationException("No such key."),
    };

    private static string ThumbprintOf(JsonObject jwk) =>
        Encode(SHA256.HashData(Encoding.UTF8.GetBytes(new JsonObject(jwk.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone()))).ToJsonString())));

    private static string Encode(byte[]? bytes) => CanonicalBase64Url.Encode(bytes);
}
