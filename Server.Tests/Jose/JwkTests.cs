using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthCore.Jose;

namespace AuthCore.Tests.Jose;

public sealed class JwkTests
{
    private const string X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private const string Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    private static string? Refusal(string json) => Jwk.TryParse(JsonElement.Parse(json), out _, out var reason) ? null : reason;

    private static string Ec(string extra) => $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}",{{extra}}}""";

    private static string Rsa(byte[] n, byte[] e) => $$"""{"kty":"RSA","n":"{{CanonicalBase64Url.Encode(n)}}","e":"{{CanonicalBase64Url.Encode(e)}}"}""";

    [Fact]
    public void The_thumbprint_is_that_of_rfc7638_section_3_1() =>
        Assert.Equal(Vectors.Thumbprint, Vectors.Key(Vectors.ThumbprintKey).Thumbprint());

    [Theory]
    [InlineData(Vectors.ThumbprintKey)]
    [InlineData(Vectors.Es256Key)]
    public void What_is_written_reads_as_the_same_key(string json)
    {
        var key = Vectors.Key(json);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            key.WriteTo(writer);
        }

        var again = Vectors.Key(Encoding.UTF8.GetString(buffer.WrittenSpan));
        Assert.Equal(key.Thumbprint(), again.Thumbprint());
        Assert.Equal(key.Kid, again.Kid);
        Assert.Equal(key.Algorithm, again.Algorithm);
    }

    [Theory]
    [InlineData("\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"")]
    [InlineData("\"d\":null")]
    [InlineData("\"p\":\"AQ\"")]
    [InlineData("\"q\":\"AQ\"")]
    [InlineData("\"dp\":\"AQ\"")]
    [InlineData("\"dq\":\"AQ\"")]
    [InlineData("\"qi\":\"AQ\"")]
    [InlineData("\"oth\":[]")]
    [InlineData("\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ\"")]
    public void Private_members_are_refused(string member) =>
        Assert.Equal("a private or symmetric key where a public one belongs", Refusal(Ec(member)));

    [Theory]
    [InlineData("\"use\":\"enc\"")]
    [InlineData("\"use\":1")]
    [InlineData("\"key_ops\":[\"encrypt\"]")]
    [InlineData("\"key_ops\":[]")]
    [InlineData("\"key_ops\":\"verify\"")]
    [InlineData("\"alg\":\"ES384\"")]
    [InlineData("\"alg\":\"RS256\"")]
    [InlineData("\"alg\":\"HS256\"")]
    [InlineData("\"alg\":\"ECDH-ES\"")]
    [InlineData("\"alg\":7")]
    [InlineData("\"kid\":7")]
    [InlineData("\"kid\":\"a\",\"kid\":\"b\"")]
    [InlineData("\"x\":\"AAAA\"")]
    public void A_key_for_something_else_or_with_doubtful_members_is_refused(string member) => Assert.NotNull(Refusal(Ec(member)));

    [Theory]
    [InlineData("\"use\":\"sig\"")]
    [InlineData("\"key_ops\":[\"sign\",\"verify\"]")]
    [InlineData("\"alg\":\"ES256\"")]
    [InlineData("\"x5t\":\"unknown members are ignored\"")]
    public void A_key_for_signatures_is_accepted(string member) => Assert.Null(Refusal(Ec(member)));

    [Theory]
    [InlineData("P-256", Y, X)]                                                 // not on the curve
    [InlineData("P-256", X, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("P-256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("P-256", "__________________________________________8", "__________________________________________8")]
    [InlineData("P-256", X, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a")]      // a byte short
    [InlineData("P-256", X, "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1")]     // same bytes, other spelling
    [InlineData("P-256", X, Y + "=")]
    [InlineData("P-256", X, "")]
    [InlineData("P-384", X, Y)]
    [InlineData("P-521", X, Y)]
    [InlineData("secp256k1", X, Y)]
    [InlineData("p-256", X, Y)]
    [InlineData("", X, Y)]
    public void A_wrong_curve_or_point_is_refused(string curve, string x, string y) =>
        Assert.NotNull(Refusal($$"""{"kty":"EC","crv":"{{curve}}","x":"{{x}}","y":"{{y}}"}"""));

    [Fact]
    public void A_key_on_p521_is_refused() => Assert.Equal("crv is neither P-256 nor P-384", Refusal(Vectors.CookbookP521Key));

    [Theory]
    [InlineData(1024)]
    [InlineData(2040)]
    public void A_short_rsa_key_is_refused(int bits)
    {
        using var rsa = RSA.Create(bits);
        var numbers = rsa.ExportParameters(false);
        Assert.StartsWith("n has fewer", Refusal(Rsa(numbers.Modulus!, numbers.Exponent!)), StringComparison.Ordinal);
    }

    [Fact]
    public void Rsa_numbers_out_of_range_are_refused()
    {
        using var rsa = RSA.Create(2048);
        var n = rsa.ExportParameters(false).Modulus!;
        byte[] e = [1, 0, 1];

        Assert.Null(Refusal(Rsa(n, e)));
        Assert.NotNull(Refusal(Rsa([0, .. n], e)));
        Assert.NotNull(Refusal(Rsa(n, [0, .. e])));
        Assert.Equal("e is not an odd number from 3 to 2^32", Refusal(Rsa(n, [1])));
        Assert.NotNull(Refusal(Rsa(n, [2])));
        Assert.NotNull(Refusal(Rsa(n, [1, 0, 0])));
        Assert.NotNull(Refusal(Rsa(n, [1, 0, 0, 0, 1])));
        Assert.NotNull(Refusal(Rsa(n, [])));
        Assert.NotNull(Refusal(Rsa([], e)));
        Assert.NotNull(Refusal(Rsa([.. n[..^1], (byte)(n[^1] & 0xFE)], e)));
        Assert.NotNull(Refusal(Rsa([0x80, .. new byte[1023], 1, 1], e)));
    }

    [Fact]
    public void A_key_stays_itself_however_many_others_are_seen_and_is_never_taken_for_one_of_them()
    {
        var algorithm = SigningAlgorithm.ES256;
        using var first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = first.SignData("data"u8, HashAlgorithmName.SHA256);
        var before = Of(first);

        for (var i = 0; i < 300; i++)
        {
            using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Assert.False(Of(other).Verify(algorithm, "data"u8, signature));
        }

        Assert.True(before.Verify(algorithm, "data"u8, signature));
        Assert.True(Of(first).Verify(algorithm, "data"u8, signature));

        static Jwk Of(ECDsa key)
        {
            var point = key.ExportParameters(false).Q;
            return Vectors.Key($$"""{"kty":"EC","crv":"P-256","x":"{{CanonicalBase64Url.Encode(point.X)}}","y":"{{CanonicalBase64Url.Encode(point.Y)}}"}""");
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"EC\"")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"kty":"oct","x":"AQ"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"ec","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256"}""")]
    [InlineData("""{"kty":"RSA","e":"AQAB"}""")]
    [InlineData("""{"kty":"RSA","n":7,"e":"AQAB"}""")]
    public void What_is_not_a_whole_key_is_refused(string json) => Assert.NotNull(Refusal(json));
}
