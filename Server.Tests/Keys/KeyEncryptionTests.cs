using System.Security.Cryptography;
using AuthCore.Keys;

namespace AuthCore.Tests.Keys;

public sealed class KeyEncryptionTests
{
    private static readonly byte[] Master = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly KeyEncryption Keys = new(Master);

    [Fact]
    public void What_is_encrypted_decrypts_for_its_purpose_and_master_key_only()
    {
        var sealedBytes = Keys.Encrypt("a private key"u8, "signing key");

        Assert.True(new KeyEncryption(Master).TryDecrypt(sealedBytes, "signing key", out var plaintext));
        Assert.Equal("a private key"u8, plaintext);
        Assert.False(Keys.TryDecrypt(sealedBytes, "key ring", out plaintext));
        Assert.Empty(plaintext);
        Assert.False(new KeyEncryption([.. Master[..31], 99]).TryDecrypt(sealedBytes, "signing key", out _));
    }

    [Fact]
    public void Every_changed_missing_or_added_byte_is_noticed()
    {
        var sealedBytes = Keys.Encrypt("a private key"u8, "signing key");
        for (var i = 0; i < sealedBytes.Length; i++)
        {
            byte[] changed = [.. sealedBytes];
            changed[i] ^= 1;
            Assert.False(Keys.TryDecrypt(changed, "signing key", out _));
            Assert.False(Keys.TryDecrypt(sealedBytes.AsSpan(0, i), "signing key", out _));
        }

        Assert.False(Keys.TryDecrypt([.. sealedBytes, 0], "signing key", out _));
    }

    [Fact]
    public void The_same_text_encrypts_differently_each_time() =>
        Assert.NotEqual(Keys.Encrypt("x"u8, "p"), Keys.Encrypt("x"u8, "p"));

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_master_key_of_another_length_is_refused(int length) =>
        Assert.Throws<ArgumentException>(() => new KeyEncryption(new byte[length]));

    [Fact]
    public void A_fingerprint_depends_on_data_purpose_and_master_key()
    {
        var fingerprint = Keys.Fingerprint("client secret", "s3cret"u8);

        Assert.Equal(32, fingerprint.Length);
        Assert.Equal(fingerprint, new KeyEncryption(Master).Fingerprint("client secret", "s3cret"u8));
        Assert.NotEqual(fingerprint, Keys.Fingerprint("client secret", "s3creT"u8));
        Assert.NotEqual(fingerprint, Keys.Fingerprint("password", "s3cret"u8));
        Assert.NotEqual(fingerprint, new KeyEncryption(new byte[32]).Fingerprint("client secret", "s3cret"u8));
        Assert.NotEqual(fingerprint, SHA256.HashData("s3cret"u8));
    }

    [Fact]
    public void A_successor_comes_back_to_the_holder_of_the_token_only()
    {
        var sealedBytes = DerivedKeyEncryption.EncryptUnder("ac_rt_presented", "ac_rt_successor"u8);

        Assert.True(DerivedKeyEncryption.TryDecryptUnder("ac_rt_presented", sealedBytes, out var successor));
        Assert.Equal("ac_rt_successor"u8, successor);
        Assert.False(DerivedKeyEncryption.TryDecryptUnder("ac_rt_presenteD", sealedBytes, out _));
        Assert.False(DerivedKeyEncryption.TryDecryptUnder("", sealedBytes, out _));
        Assert.False(DerivedKeyEncryption.TryDecryptUnder("ac_rt_presented", [.. sealedBytes[..^1], (byte)(sealedBytes[^1] ^ 1)], out _));
        Assert.False(DerivedKeyEncryption.TryDecryptUnder("ac_rt_presented", [], out _));
    }

    [Fact]
    public async Task Many_threads_encrypt_at_once() =>
        await Parallel.ForAsync(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 8 }, (i, _) =>
        {
            var text = BitConverter.GetBytes(i);
            Assert.True(Keys.TryDecrypt(Keys.Encrypt(text, "p"), "p", out var back));
            Assert.Equal(text, back);
            return ValueTask.CompletedTask;
        });
}
