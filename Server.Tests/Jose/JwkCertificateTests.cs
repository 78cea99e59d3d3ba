using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthCore.Jose;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Jose;

/// <summary>RFC 7517 §4.7: keys that come with their certificate, and the keys of certificates.</summary>
public sealed class JwkCertificateTests
{
    private static readonly SigningKey s_key = SigningKey.Create(SigningAlgorithm.ES256);

    private static bool TryParse(JsonNode? chain, out Jwk? key)
    {
        var json = TestJwt.JsonOf(s_key.PublicJwk);
        json["x5c"] = chain;
        return Jwk.TryParse(JsonElement.Parse(json.ToJsonString()), out key, out _);
    }

    [Fact]
    public void The_first_certificate_is_the_keys_own()
    {
        Assert.True(TryParse(new JsonArray("AQID", "BAUG"), out var key));
        Assert.Equal(CanonicalBase64Url.Encode(SHA256.HashData([1, 2, 3])), key!.CertificateThumbprint);
        Assert.Null(s_key.PublicJwk.CertificateThumbprint);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"AQID\"")]
    [InlineData("[1]")]
    [InlineData("[\"\"]")]
    [InlineData("[\"A_-D\"]")]
    [InlineData("[\"AQI\"]")]
    [InlineData("[\"-----BEGIN CERTIFICATE-----\"]")]
    public void What_is_no_list_of_certificates_spoils_the_key(string chain) => Assert.False(TryParse(JsonNode.Parse(chain) ?? JsonValue.Create((string?)null), out _));

    [Fact]
    public void The_key_of_a_certificate_has_the_thumbprint_of_its_jwk()
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        Assert.Equal(Jwk.FromPrivate(p256, SigningAlgorithm.ES256).Thumbprint(), ThumbprintOf(new CertificateRequest("CN=a", p256, HashAlgorithmName.SHA256)));
        Assert.Equal(Jwk.FromPrivate(p384, SigningAlgorithm.ES384).Thumbprint(), ThumbprintOf(new CertificateRequest("CN=a", p384, HashAlgorithmName.SHA384)));
        Assert.Equal(Jwk.FromPrivate(rsa, SigningAlgorithm.RS256).Thumbprint(), ThumbprintOf(new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    [Fact]
    public void A_key_of_another_kind_has_none()
    {
        using var p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        Assert.Null(ThumbprintOf(new CertificateRequest("CN=a", p521, HashAlgorithmName.SHA512)));
    }

    private static string? ThumbprintOf(CertificateRequest request)
    {
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        return JwkThumbprint.Of(certificate);
    }
}
