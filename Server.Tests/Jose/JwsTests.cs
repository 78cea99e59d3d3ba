using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AuthCore.Jose;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AuthCore.Tests.Jose;

public sealed class JwsTests
{
    private static readonly JwsRules Rules = new("at+jwt");
    private static readonly SigningKey Key = SigningKey.Create(SigningAlgorithm.ES256);
    private static readonly SigningKey RsaKey = SigningKey.Create(SigningAlgorithm.RS256);
    private const string Claims = """{"iss":"https://as.example","aud":"api","exp":4102444800}""";

    private static SigningAlgorithm Algorithm(string name) => SigningAlgorithm.TryFind(name, out var found) ? found : throw new InvalidOperationException(name);

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    // Signs what our own signer would never make.
    private static string Raw(string headerPart, string payloadPart, SigningKey? key = null)
    {
        key ??= Key;
        var signature = new byte[1024];
        var length = key.Sign(Encoding.ASCII.GetBytes(headerPart + "." + payloadPart), signature);
        return headerPart + "." + payloadPart + "." + Base64Url.EncodeToString(signature.AsSpan(0, length));
    }

    private static string? Refusal(string? compact, JwsRules? rules = null, Jwk? key = null) =>
        Jws.Verify(compact, rules ?? Rules, (_, _) => key ?? Key.PublicJwk).Try(out _, out var reason) ? null : reason;

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    public void An_independent_library_verifies_what_we_sign(string name)
    {
        using var key = SigningKey.Create(Algorithm(name));
        var compact = Jws.Sign(key, "at+jwt", Encoding.UTF8.GetBytes(Claims));

        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            key.PublicJwk.WriteTo(writer);
        }

        var theirs = new JsonWebKey(Encoding.UTF8.GetString(buffer.WrittenSpan));
        var result = new JsonWebTokenHandler().ValidateToken(compact, new TokenValidationParameters
        {
            ValidIssuer = "https://as.example",
            ValidAudience = "api",
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = [name],
            IssuerSigningKey = theirs,
        });

        Assert.True(result.IsValid, result.Exception?.Message);
        Assert.Equal(key.Kid, ((JsonWebToken)result.SecurityToken).Kid);
        Assert.Equal(key.Kid, Base64UrlEncoder.Encode(theirs.ComputeJwkThumbprint()));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    public void What_is_signed_verifies_with_the_key_named_by_kid_and_alg(string name)
    {
        using var key = SigningKey.Create(Algorithm(name));
        var compact = Jws.Sign(key, "at+jwt", Encoding.UTF8.GetBytes(Claims));

        Assert.True(Jws.Verify(compact, Rules, (kid, alg) => kid == key.Kid && alg.Name == name ? key.PublicJwk : null).Try(out var jws, out _));
        Assert.Equal("api", jws.Payload.GetProperty("aud").GetString());
    }

    [Fact]
    public void The_header_is_exactly_alg_kid_and_typ_with_the_plus_sign_unescaped()
    {
        var compact = Jws.Sign(Key, "at+jwt", "{}"u8);

        Assert.Equal(
            $$"""{"alg":"ES256","kid":"{{Key.Kid}}","typ":"at+jwt"}""",
            Encoding.UTF8.GetString(Base64Url.DecodeFromChars(compact.AsSpan(0, compact.IndexOf('.', StringComparison.Ordinal)))));
        Assert.Equal(86, compact.Length - compact.LastIndexOf('.') - 1);   // RFC 7518 §3.4: 64 bytes, not DER
    }

    [Theory]
    [InlineData("at+jwt", true)]
    [InlineData("AT+JWT", true)]
    [InlineData("application/at+jwt", true)]
    [InlineData("Application/At+Jwt", true)]
    [InlineData("JWT", false)]
    [InlineData("at+jwt ", false)]
    [InlineData("application/", false)]
    [InlineData("application/application/at+jwt", false)]
    [InlineData("text/at+jwt", false)]
    [InlineData("", false)]
    public void Typ_is_compared_as_a_media_type(string typ, bool accepted) =>
        Assert.Equal(accepted, Refusal(Jws.Sign(Key, typ, "{}"u8)) is null);

    [Fact]
    public void A_missing_typ_is_refused_only_where_the_use_demands_it()
    {
        var compact = Raw(Encode("""{"alg":"ES256"}"""), Encode("{}"));

        Assert.Equal("typ is not the one of this use", Refusal(compact));
        Assert.Null(Refusal(compact, new JwsRules("client-authentication+jwt", TypRequired: false)));
        Assert.NotNull(Refusal(Jws.Sign(Key, "at+jwt", "{}"u8), new JwsRules("client-authentication+jwt", TypRequired: false)));
    }

    [Theory]
    [InlineData("""{"alg":"none","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"None","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"HS256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"es256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256 ","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"RS512","typ":"at+jwt"}""")]
    [InlineData("""{"alg":["ES256"],"typ":"at+jwt"}""")]
    [InlineData("""{"alg":null,"typ":"at+jwt"}""")]
    [InlineData("""{"alg":1,"typ":"at+jwt"}""")]
    [InlineData("""{"typ":"at+jwt"}""")]
    [InlineData("""{"alg":"RS256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"PS256","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES384","typ":"at+jwt"}""")]
    public void Another_algorithm_than_the_key_is_for_is_refused(string header) =>
        Assert.StartsWith("alg ", Refusal(Raw(Encode(header), Encode("{}"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("RS256", "PS256")]
    [InlineData("PS256", "RS256")]
    public void An_rsa_signature_of_one_padding_is_refused_under_the_name_of_the_other(string signedAs, string named)
    {
        using var key = SigningKey.FromPkcs8(Algorithm(signedAs), RsaKey.ExportPkcs8());
        using var other = SigningKey.FromPkcs8(Algorithm(named), RsaKey.ExportPkcs8());
        var forged = Raw(Encode($$"""{"alg":"{{named}}","typ":"at+jwt"}"""), Encode("{}"), key);

        Assert.Equal("alg does not fit the key", Refusal(forged, key: key.PublicJwk));
        Assert.Equal("signature does not verify", Refusal(forged, key: other.PublicJwk));
    }

    [Fact]
    public void An_algorithm_the_use_does_not_list_is_refused() =>
        Assert.NotNull(Refusal(Jws.Sign(RsaKey, "at+jwt", "{}"u8), Rules with { Algorithms = [SigningAlgorithm.ES256] }, RsaKey.PublicJwk));

    [Theory]
    [InlineData("crit", """["exp"]""")]
    [InlineData("crit", "[]")]
    [InlineData("jku", "\"https://evil.example/jwks\"")]
    [InlineData("x5u", "\"https://evil.example/x5u\"")]
    [InlineData("jwk", "{}")]
    [InlineData("x5c", "[]")]
    [InlineData("zip", "\"DEF\"")]
    [InlineData("b64", "false")]
    [InlineData("b64", "null")]
    public void A_header_that_brings_its_own_key_or_changes_the_reading_is_refused(string name, string value) =>
        Assert.Equal("header carries " + name, Refusal(Raw(Encode($$"""{"alg":"ES256","typ":"at+jwt","{{name}}":{{value}}}"""), Encode("{}"))));

    [Fact]
    public void A_header_nobody_knows_is_ignored() =>
        Assert.Null(Refusal(Raw(Encode("""{"alg":"ES256","typ":"at+jwt","x5t":"abc","note":{"a":1}}"""), Encode("{}"))));

    [Theory]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","alg":"ES256"}""")]
    [InlineData("""{"alg":"none","typ":"at+jwt","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","\u0061lg":"none"}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","n":{"a":1,"a":2}}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":7}""")]
    [InlineData("""{"alg":"ES256","typ":7}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"\ud800"}""")]
    [InlineData("""[{"alg":"ES256","typ":"at+jwt"}]""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"} {}""")]
    [InlineData("""{"alg":"ES256","typ":"at+jwt",}""")]
    [InlineData("""{"alg":"ES256",/**/"typ":"at+jwt"}""")]
    [InlineData("\"ES256\"")]
    [InlineData("null")]
    [InlineData("")]
    public void A_header_that_is_not_one_plain_object_is_refused(string header) =>
        Assert.NotNull(Refusal(Raw(Encode(header), Encode("{}"))));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("""{"sub":"a","sub":"b"}""")]
    [InlineData("""{"cnf":{"jkt":"a","jkt":"b"}}""")]
    [InlineData("""{"sub":"a","s\u0075b":"b"}""")]
    [InlineData("""{"sub":"\udc00"}""")]
    [InlineData("""{"sub":"\ud800x"}""")]
    [InlineData("""{"sub":"\ud800\ud800"}""")]
    [InlineData("""{"sub":"\ud800\n"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{} x""")]
    public void A_payload_that_is_not_one_plain_object_is_refused_though_its_signature_is_good(string payload) =>
        Assert.StartsWith("payload: ", Refusal(Jws.Sign(Key, "at+jwt", Encoding.UTF8.GetBytes(payload))), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"sub":"\ud83d\ude00"}""", "😀")]
    [InlineData("""{"sub":"\\ud800"}""", """\ud800""")]
    [InlineData("""{"sub":"\\\ud83d\ude00"}""", """\😀""")]
    public void Escapes_that_only_look_like_lone_surrogates_are_text(string payload, string sub)
    {
        Assert.True(Jws.Verify(Jws.Sign(Key, "at+jwt", Encoding.UTF8.GetBytes(payload)), Rules, (_, _) => Key.PublicJwk).Try(out var jws, out _));
        Assert.Equal(sub, jws.Payload.GetProperty("sub").GetString());
    }

    [Fact]
    public void Invalid_utf8_and_deep_nesting_are_refused()
    {
        Assert.Equal("payload: not well-formed Unicode", Refusal(Jws.Sign(Key, "at+jwt", [.. "{\"a\":\""u8, 0xC3, 0x28, .. "\"}"u8])));
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 40)) + "1" + new string('}', 40);
        Assert.NotNull(Refusal(Jws.Sign(Key, "at+jwt", Encoding.UTF8.GetBytes(deep))));
    }

    [Fact]
    public void Any_other_number_of_parts_than_three_is_refused()
    {
        var compact = Jws.Sign(Key, "at+jwt", "{}"u8);

        foreach (var wrong in new[] { null, "", ".", "..", "...", compact[..compact.LastIndexOf('.')], compact + ".", "." + compact, compact + ".AA.AA", compact.Replace(".", "", StringComparison.Ordinal) })
        {
            Assert.NotNull(Refusal(wrong));
            if (wrong?.Count(c => c == '.') is > 2 or 1)
            {
                Assert.Equal("not of three parts", Refusal(wrong));
            }
        }
    }

    [Fact]
    public void The_length_is_capped_before_anything_is_decoded()
    {
        var compact = Jws.Sign(Key, "at+jwt", Encoding.UTF8.GetBytes($$"""{"a":"{{new string('x', 7000)}}"}"""));

        Assert.Equal("empty or too long", Refusal(compact));
        Assert.Null(Refusal(compact, Rules with { MaxLength = compact.Length }));
        Assert.NotNull(Refusal(compact, Rules with { MaxLength = compact.Length - 1 }));
    }

    [Fact]
    public void Every_truncation_extension_and_case_flip_is_refused()
    {
        var compact = Jws.Sign(Key, "at+jwt", Encoding.UTF8.GetBytes(Claims));
        for (var i = 0; i < compact.Length; i++)
        {
            Assert.NotNull(Refusal(compact[..i]));
            Assert.NotNull(Refusal(compact[(i + 1)..]));
            if (char.IsAsciiLetter(compact[i]))
            {
                Assert.NotNull(Refusal(compact[..i] + (char)(compact[i] ^ 0x20) + compact[(i + 1)..]));
            }
        }

        foreach (var more in "A=-_ \n\t%.é\0")
        {
            Assert.NotNull(Refusal(compact + more));
            Assert.NotNull(Refusal(more + compact));
        }
    }

    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("%")]
    [InlineData("+")]
    public void Padding_and_white_space_are_refused_in_every_part_though_the_signature_covers_them(string extra)
    {
        var header = Encode("""{"alg":"ES256","typ":"at+jwt"}""");
        Assert.Equal("a part is not canonical base64url", Refusal(Raw(header + extra, Encode("{}"))));
        Assert.Equal("a part is not canonical base64url", Refusal(Raw(header, Encode("{}") + extra)));
        Assert.Equal("a part is not canonical base64url", Refusal(Raw(header, Encode("{}")) + extra));
    }

    [Fact]
    public void Bits_left_over_in_the_last_character_are_refused()
    {
        var compact = Jws.Sign(Key, "at+jwt", "{}"u8);   // 64 bytes leave four bits over
        var last = compact[^1];
        var next = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".IndexOf(last, StringComparison.Ordinal) + 1];

        Assert.Equal(Base64Url.DecodeFromChars(compact.AsSpan(compact.LastIndexOf('.') + 1)), Signature(compact));
        Assert.Equal("a part is not canonical base64url", Refusal(compact[..^1] + next));
    }

    private static byte[] Signature(string compact) => CanonicalBase64Url.Decode(compact.AsSpan(compact.LastIndexOf('.') + 1))!;

    [Fact]
    public void Zero_or_out_of_range_numbers_in_an_ecdsa_signature_are_refused()
    {
        var compact = Jws.Sign(Key, "at+jwt", "{}"u8);
        var input = compact[..(compact.LastIndexOf('.') + 1)];
        var good = Signature(compact);
        byte[] zero = new byte[32];
        byte[] order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
        byte[] full = [.. Enumerable.Repeat((byte)0xFF, 32)];

        foreach (var part in new[] { zero, order, full })
        {
            Assert.NotNull(Refusal(input + Base64Url.EncodeToString([.. part, .. part])));
            Assert.NotNull(Refusal(input + Base64Url.EncodeToString([.. part, .. good[32..]])));
            Assert.NotNull(Refusal(input + Base64Url.EncodeToString([.. good[..32], .. part])));
        }
    }

    [Fact]
    public void A_signature_of_another_length_or_form_is_refused()
    {
        var compact = Jws.Sign(Key, "at+jwt", "{}"u8);
        var input = compact[..(compact.LastIndexOf('.') + 1)];
        var good = Signature(compact);
        using var ec = System.Security.Cryptography.ECDsa.Create();
        ec.ImportPkcs8PrivateKey(Key.ExportPkcs8(), out _);
        var der = ec.SignData(Encoding.ASCII.GetBytes(input[..^1]), System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.DSASignatureFormat.Rfc3279DerSequence);

        foreach (var wrong in new[] { [], good[..63], [.. good, 0], [0, .. good], der, [.. new byte[16], .. good[..32], .. new byte[16], .. good[32..]] })
        {
            Assert.Equal("signature does not verify", Refusal(input + Base64Url.EncodeToString(wrong)));
        }
    }

    [Fact]
    public void Another_key_of_the_same_kind_or_none_is_refused()
    {
        using var other = SigningKey.Create(SigningAlgorithm.ES256);
        var compact = Jws.Sign(Key, "at+jwt", "{}"u8);

        Assert.Equal("signature does not verify", Refusal(compact, key: other.PublicJwk));
        Assert.False(Jws.Verify(compact, Rules, (_, _) => null).Try(out _, out var reason));
        Assert.Equal("no such key", reason);
    }

    [Fact]
    public void A_key_in_the_header_is_a_key_only_where_the_use_says_so_and_other_headers_stay_refused()
    {
        var rules = Rules with { KeyInHeader = true };
        var jwk = Encoding.UTF8.GetString(JwkBytes(Key.PublicJwk));
        string Header(string more) => Encode($$"""{"alg":"ES256","typ":"at+jwt","jwk":{{jwk}}{{more}}}""");

        Assert.True(UnverifiedJws.TryRead(Raw(Header(""), Encode("{}")), rules, out var jws, out _));
        Assert.Equal(Key.PublicJwk.Thumbprint(), jws.HeaderKey!.Thumbprint());
        foreach (var name in new[] { "crit", "jku", "x5u", "x5c", "zip", "b64" })
        {
            Assert.Equal("header carries " + name, Refusal(Raw(Header($",\"{name}\":[]"), Encode("{}")), rules));
        }
    }

    [Fact]
    public void A_result_of_nothing_reads_as_a_refusal() => Assert.False(default(JwsResult).Try(out _, out _));

    private static byte[] JwkBytes(Jwk key)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            key.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
