using System.Security.Cryptography;
using System.Text;
using AuthCore.Keys;

namespace AuthCore.Tests.Keys;

public sealed class HandleTests
{
    private static readonly Guid Id = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");

    private static readonly HandleKind[] Kinds =
    [
        HandleKind.Code, HandleKind.RefreshToken, HandleKind.AccessToken, HandleKind.Session,
        HandleKind.Browser, HandleKind.Interaction, HandleKind.PushedRequest, HandleKind.ClientSecret,
    ];

    private static Handle Create(HandleKind kind) => kind.HasId ? Handle.Create(kind, Id) : Handle.Create(kind);

    [Fact]
    public void A_value_is_its_prefix_and_64_characters_and_says_where_it_lives()
    {
        var handle = Handle.Create(HandleKind.Code, Id);

        Assert.Matches("^ac_code_[A-Za-z0-9_-]{64}$", handle.Value);
        Assert.True(Handle.TryParse(HandleKind.Code, handle.Value, out var parsed));
        Assert.Equal(Id, parsed.Id);
        Assert.Equal(handle.Hash, parsed.Hash);
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(handle.Value)), handle.Hash);
        Assert.Equal(handle.Hash, Handle.HashOf(handle.Value));
        // the id leads, most significant byte first, so that rows sort as their ids do
        Assert.StartsWith("ac_code_AYkKXayWd0u8zrMCCZqAV", handle.Value, StringComparison.Ordinal);
        Assert.Empty(handle.ChainHash);
        Assert.Throws<InvalidOperationException>(() => handle.Next());
    }

    [Fact]
    public void Values_of_one_chain_share_what_no_other_has()
    {
        var first = Handle.Create(HandleKind.RefreshToken, Id);
        var second = first.Next();

        Assert.Matches("^ac_rt_[A-Za-z0-9_-]{86}$", second.Value);
        Assert.Equal(first.ChainHash, second.ChainHash);
        Assert.NotEqual(first.Hash, second.Hash);
        Assert.NotEqual(first.ChainHash, Handle.Create(HandleKind.RefreshToken, Id).ChainHash);
        Assert.True(Handle.TryParse(HandleKind.RefreshToken, second.Value, out var parsed));
        Assert.Equal(Id, parsed.Id);
        Assert.Equal(second.Hash, parsed.Hash);
        Assert.Equal(second.ChainHash, parsed.ChainHash);
        Assert.Equal(first.Value[..48], second.Value[..48]);           // id and chain; then 256 random bits
        Assert.NotEqual(first.Value[49..], second.Value[49..]);
        Assert.Throws<ArgumentException>(() => Handle.Create(HandleKind.Code, Id).Derive(HandleKind.RefreshToken));
    }

    [Fact]
    public void A_client_secret_is_256_random_bits_and_no_id()
    {
        var secret = Handle.Create(HandleKind.ClientSecret);

        Assert.Matches("^ac_sec_[A-Za-z0-9_-]{43}$", secret.Value);
        Assert.True(Handle.TryParse(HandleKind.ClientSecret, secret.Value, out var parsed));
        Assert.Equal(Guid.Empty, parsed.Id);
        Assert.Throws<ArgumentException>(() => Handle.Create(HandleKind.ClientSecret, Id));
        Assert.Throws<ArgumentException>(() => Handle.Create(HandleKind.Code));
        Assert.Throws<ArgumentException>(() => Handle.Create(HandleKind.Code, Guid.Empty));
    }

    [Fact]
    public void Two_values_of_one_id_differ() =>
        Assert.NotEqual(Handle.Create(HandleKind.Code, Id).Value, Handle.Create(HandleKind.Code, Id).Value, StringComparer.Ordinal);

    [Fact]
    public void No_kind_is_taken_for_another()
    {
        foreach (var made in Kinds)
        {
            var handle = Create(made);
            foreach (var read in Kinds)
            {
                Assert.Equal(made == read, Handle.TryParse(read, handle.Value, out _));
                if (made != read)
                {
                    Assert.NotEqual(handle.Hash, Handle.HashOf(read.Prefix + handle.Value[made.Prefix.Length..]));
                }
            }
        }
    }

    [Fact]
    public void Every_truncation_extension_and_case_flip_is_refused_or_hashes_differently()
    {
        foreach (var kind in Kinds)
        {
            var handle = Create(kind);
            var value = handle.Value;
            for (var i = 0; i < value.Length; i++)
            {
                Assert.False(Handle.TryParse(kind, value[..i], out _));
                Assert.False(Handle.TryParse(kind, value[(i + 1)..], out _));
                Assert.False(Handle.TryParse(kind, value[..i] + value[(i + 1)..], out _));
                Assert.False(Handle.TryParse(kind, value[..i] + "=" + value[(i + 1)..], out _));
                Assert.False(Handle.TryParse(kind, value[..i] + " " + value[(i + 1)..], out _));
                Assert.False(Handle.TryParse(kind, value[..i] + "\0" + value[(i + 1)..], out _));
                if (char.IsAsciiLetter(value[i]) && Handle.TryParse(kind, value[..i] + (char)(value[i] ^ 0x20) + value[(i + 1)..], out var flipped))
                {
                    Assert.True(i >= kind.Prefix.Length);
                    Assert.False(flipped.Matches(handle.Hash));
                }
            }

            foreach (var more in "A=-_ \n\té\0")
            {
                Assert.False(Handle.TryParse(kind, value + more, out _));
                Assert.False(Handle.TryParse(kind, more + value, out _));
            }
        }
    }

    [Fact]
    public void A_secret_of_the_same_bytes_in_another_spelling_is_refused()
    {
        var bytes = new byte[32];
        var text = "ac_sec_" + System.Buffers.Text.Base64Url.EncodeToString(bytes);

        Assert.True(Handle.TryParse(HandleKind.ClientSecret, text, out _));
        Assert.False(Handle.TryParse(HandleKind.ClientSecret, text[..^1] + "B", out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ac_code_")]
    public void Nothing_is_no_handle(string? value) => Assert.False(Handle.TryParse(HandleKind.Code, value, out _));

    [Fact]
    public void Its_text_keeps_the_secret()
    {
        var handle = Handle.Create(HandleKind.Session, Id);

        Assert.Equal("ac_ses_" + Id, handle.ToString());
        Assert.DoesNotContain(handle.Value[^20..], $"{handle}", StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_of_another_length_or_value_does_not_match()
    {
        var handle = Handle.Create(HandleKind.Code, Id);

        Assert.True(handle.Matches(handle.Hash));
        Assert.False(handle.Matches([]));
        Assert.False(handle.Matches(handle.Hash.AsSpan(0, 31)));
        Assert.False(handle.Matches(new byte[32]));
    }
}
