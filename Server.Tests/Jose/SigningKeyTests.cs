using System.Security.Cryptography;
using System.Text;
using AuthCore.Jose;

namespace AuthCore.Tests.Jose;

public sealed class SigningKeyTests
{
    private static SigningAlgorithm Algorithm(string name) => SigningAlgorithm.TryFind(name, out var found) ? found : throw new InvalidOperationException(name);

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    public void A_key_taken_up_from_its_export_is_the_same_key(string name)
    {
        using var key = SigningKey.Create(Algorithm(name));
        using var again = SigningKey.FromPkcs8(Algorithm(name), key.ExportPkcs8());

        Assert.Equal(key.Kid, again.Kid);
        Assert.Equal(key.Kid, key.PublicJwk.Thumbprint());
        Assert.True(Jws.Verify(Jws.Sign(again, "JWT", "{}"u8), new JwsRules("JWT"), (_, _) => key.PublicJwk).Try(out _, out _));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Many_threads_sign_and_verify_with_one_key_at_once(string name)
    {
        using var key = SigningKey.Create(Algorithm(name));
        var rules = new JwsRules("JWT");

        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, (i, _) =>
        {
            var compact = Jws.Sign(key, "JWT", Encoding.UTF8.GetBytes($$"""{"i":{{i}}}"""));
            Assert.True(Jws.Verify(compact, rules, (_, _) => key.PublicJwk).Try(out var jws, out var reason), reason);
            Assert.Equal(i, jws.Payload.GetProperty("i").GetInt32());
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void A_key_of_another_curve_type_or_size_or_with_bytes_after_it_is_refused()
    {
        using var p256 = SigningKey.Create(SigningAlgorithm.ES256);
        using var p384 = SigningKey.Create(SigningAlgorithm.ES384);
        using var rsa = RSA.Create(1024);

        Assert.Throws<CryptographicException>(() => SigningKey.FromPkcs8(SigningAlgorithm.ES384, p256.ExportPkcs8()));
        Assert.Throws<CryptographicException>(() => SigningKey.FromPkcs8(SigningAlgorithm.ES256, p384.ExportPkcs8()));
        Assert.Throws<CryptographicException>(() => SigningKey.FromPkcs8(SigningAlgorithm.RS256, p256.ExportPkcs8()));
        Assert.Throws<CryptographicException>(() => SigningKey.FromPkcs8(SigningAlgorithm.RS256, rsa.ExportPkcs8PrivateKey()));
        Assert.Throws<CryptographicException>(() => SigningKey.FromPkcs8(SigningAlgorithm.ES256, [.. p256.ExportPkcs8(), 0]));
        Assert.Throws<CryptographicException>(() => SigningKey.FromPkcs8(SigningAlgorithm.ES256, []));
    }

    [Fact]
    public void A_disposed_key_signs_no_more()
    {
        var key = SigningKey.Create(SigningAlgorithm.ES256);
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Jws.Sign(key, "JWT", "{}"u8));
    }

    [Fact]
    public void Its_text_names_it_and_nothing_more()
    {
        using var key = SigningKey.Create(SigningAlgorithm.ES256);
        Assert.Equal("ES256 " + key.Kid, key.ToString());
    }
}
