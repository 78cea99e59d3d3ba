using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AuthCore.Jose;

/// <summary>RFC 7638 §3: the name of a public key: SHA-256 over its required members in lexicographic order, as base64url.</summary>
internal static class JwkThumbprint
{
    /// <summary>Of an EC key; the members as they are in its JWK.</summary>
    public static string OfEc(string curve, string x, string y) => Of($$"""{"crv":"{{curve}}","kty":"EC","x":"{{x}}","y":"{{y}}"}""");

    /// <summary>Of an RSA key; the members as they are in its JWK.</summary>
    public static string OfRsa(string n, string e) => Of($$"""{"e":"{{e}}","kty":"RSA","n":"{{n}}"}""");

    /// <summary>Of the key of a certificate; null where it is of a kind that no key here has.</summary>
    public static string? Of(X509Certificate2 certificate)
    {
        try
        {
            using var ec = certificate.GetECDsaPublicKey();
            if (ec is not null)
            {
                var key = ec.ExportParameters(includePrivateParameters: false);
                return CurveOf(key.Curve) is { } curve ? OfEc(curve, CanonicalBase64Url.Encode(key.Q.X), CanonicalBase64Url.Encode(key.Q.Y)) : null;
            }

            using var rsa = certificate.GetRSAPublicKey();
            var numbers = rsa?.ExportParameters(includePrivateParameters: false);
            return numbers is { } given ? OfRsa(CanonicalBase64Url.Encode(given.Modulus), CanonicalBase64Url.Encode(given.Exponent)) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string? CurveOf(ECCurve curve) =>
        !curve.IsNamed ? null
        : curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value ? "P-256"
        : curve.Oid.Value == ECCurve.NamedCurves.nistP384.Oid.Value ? "P-384"
        : null;

    private static string Of(string members) => CanonicalBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(members)));
}
