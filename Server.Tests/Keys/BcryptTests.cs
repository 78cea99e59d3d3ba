using System.Text;
using AuthCore.Keys;

namespace AuthCore.Tests.Keys;

public sealed class BcryptTests
{
    private static void NeedsBcrypt() => Assert.SkipUnless(Bcrypt.IsAvailable, "this system's libcrypt has no bcrypt");

    // The self-test of crypt_blowfish 1.3 (Openwall, public domain), which OpenBSD's own vectors are part of; passwords in Latin-1.
    [Theory]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*")]
    [InlineData("$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", "")]
    [InlineData("$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored")]
    [InlineData("$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", "\u00ff\u00ff\u00a3")]
    [InlineData("$2b$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e", "\u00ff\u00ff\u00a3")]
    [InlineData("$2a$05$/OK.fbVrR/bpIqNJ5ianF.nqd1wy.pTMdcvrRWxyiGL2eMz.2a85.", "\u00ff\u00ff\u00a3")]
    [InlineData("$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\u00a3")]
    [InlineData("$2a$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\u00a3")]
    [InlineData("$2b$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\u00a3")]
    [InlineData("$2y$05$/OK.fbVrR/bpIqNJ5ianF.o./n25XVfn6oAPaUvHe.Csk4zRfsYPi", "\u00ff\u00a334\u00ff\u00ff\u00ff\u00a3345")]
    [InlineData("$2a$05$/OK.fbVrR/bpIqNJ5ianF.ZC1JEJ8Z4gPfpe1JOr/oyPXTWl9EFd.", "\u00ff\u00a334\u00ff\u00ff\u00ff\u00a3345")]
    [InlineData("$2y$05$/OK.fbVrR/bpIqNJ5ianF.nRht2l/HRhr6zmCp9vYUvvsqynflf9e", "\u00ff\u00a3345")]
    [InlineData("$2a$05$/OK.fbVrR/bpIqNJ5ianF.6IflQkJytoRVc1yuaNtHfiuq.FRlSIS", "\u00a3ab")]
    [InlineData("$2y$05$/OK.fbVrR/bpIqNJ5ianF.6IflQkJytoRVc1yuaNtHfiuq.FRlSIS", "\u00a3ab")]
    public void Verifies_the_vectors_of_crypt_blowfish_and_no_neighbour_of_them(string hash, string password)
    {
        NeedsBcrypt();
        var bytes = Encoding.Latin1.GetBytes(password);

        Assert.True(Bcrypt.Verify(bytes, hash));
        Assert.False(Bcrypt.Verify([(byte)'x', .. bytes], hash));
        var changed = hash[..^2] + (hash[^2] == 'a' ? 'e' : 'a') + hash[^1];
        Assert.False(Bcrypt.Verify(bytes, changed));
    }

    [Fact]
    public void A_new_hash_is_2b_of_the_cost_asked_for_and_salted()
    {
        NeedsBcrypt();
        var hash = Bcrypt.Hash("password"u8, 4);

        Assert.Matches(@"^\$2b\$04\$[./A-Za-z0-9]{53}$", hash);
        Assert.True(Bcrypt.Verify("password"u8, hash));
        Assert.NotEqual(hash, Bcrypt.Hash("password"u8, 4), StringComparer.Ordinal);
        Assert.Equal(4, Bcrypt.CostOf(hash));
    }

    [Fact]
    public void Raw_bcrypt_takes_a_password_longer_than_libcrypt_does()
    {
        NeedsBcrypt();
        var hash = Bcrypt.Hash(Encoding.ASCII.GetBytes(new string('a', 600)), 4);

        Assert.True(Bcrypt.Verify(Encoding.ASCII.GetBytes(new string('a', 72)), hash));
        Assert.False(Bcrypt.Verify(Encoding.ASCII.GetBytes(new string('a', 71)), hash));
    }

    [Fact]
    public void A_nul_never_reaches_libcrypt()
    {
        NeedsBcrypt();
        Assert.Throws<ArgumentException>(() => Bcrypt.Hash("pass\0word"u8, 4));
        Assert.Throws<ArgumentException>(() => Bcrypt.Verify([0], "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"));
    }

    [Theory]
    [InlineData("$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e")]
    [InlineData("$2c$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWxx")]
    [InlineData("$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$32$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$-5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCC\0.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCé.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$6$rounds=5000$saltsaltsalt$abcdefghijklmnopqrstuvwxyzabcdef")]
    [InlineData("*0")]
    [InlineData("")]
    public void What_is_no_such_hash_has_no_cost(string hash) => Assert.Null(Bcrypt.CostOf(hash));

    [Fact]
    public async Task Many_threads_hash_at_once_and_do_not_mix()
    {
        NeedsBcrypt();
        await Parallel.ForAsync(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 6 }, (i, _) =>
        {
            var password = Encoding.ASCII.GetBytes("password " + i);
            var hash = Bcrypt.Hash(password, 4);
            Assert.True(Bcrypt.Verify(password, hash));
            Assert.False(Bcrypt.Verify("password"u8, hash));
            return ValueTask.CompletedTask;
        });
    }
}
