using AuthCore.Keys;

namespace AuthCore.Tests.Keys;

public sealed class PasswordHasherTests : IDisposable
{
    private readonly PasswordHasher hasher = new(cost: 4, threadCount: 1);
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => hasher.Dispose();

    private static void NeedsBcrypt() => Assert.SkipUnless(Bcrypt.IsAvailable, "this system's libcrypt has no bcrypt");

    private async Task<long> WorkOf(Func<Task> act)
    {
        var before = hasher.WorkDone;
        await act();
        return hasher.WorkDone - before;
    }

    [Fact]
    public async Task The_right_password_is_correct_and_its_new_hash_needs_no_other()
    {
        var hash = await hasher.HashAsync("correct horse", Ct);

        Assert.Equal(new PasswordVerdict(true, false), await hasher.VerifyAsync(hash, "correct horse", Ct));
        Assert.Equal(default, await hasher.VerifyAsync(hash, "correct horsE", Ct));
        Assert.Equal(default, await hasher.VerifyAsync(hash, "", Ct));
        Assert.DoesNotContain("correct", hash, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_hash_is_bcrypt_behind_a_prefix_of_its_own()
    {
        NeedsBcrypt();
        Assert.Matches(@"^\$ac-sha384-bcrypt\$2b\$04\$[./A-Za-z0-9]{53}$", await hasher.HashAsync("x", Ct));
    }

    [Theory]
    [InlineData(72)]
    [InlineData(73)]
    [InlineData(200)]
    [InlineData(5000)]
    public async Task Every_byte_of_a_long_password_counts(int at)
    {
        var password = new string('a', at) + "tail";
        var hash = await hasher.HashAsync(password, Ct);

        Assert.True((await hasher.VerifyAsync(hash, password, Ct)).Correct);
        Assert.False((await hasher.VerifyAsync(hash, new string('a', at) + "Tail", Ct)).Correct);
        Assert.False((await hasher.VerifyAsync(hash, password + "a", Ct)).Correct);
        Assert.False((await hasher.VerifyAsync(hash, password[..^1], Ct)).Correct);
    }

    [Theory]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    public async Task A_hash_brought_from_elsewhere_verifies_and_asks_to_be_replaced(string hash)
    {
        NeedsBcrypt();
        Assert.Equal(new PasswordVerdict(true, true), await hasher.VerifyAsync(hash, "U*U", Ct));
        Assert.Equal(default, await hasher.VerifyAsync(hash, "U*V", Ct));
    }

    // A digest stored by us must not be a password for the same bcrypt hash, nor the other way round.
    [Fact]
    public async Task Our_hash_without_its_prefix_and_a_raw_one_with_it_are_wrong()
    {
        NeedsBcrypt();
        var ours = await hasher.HashAsync("U*U", Ct);

        Assert.False((await hasher.VerifyAsync(ours["$ac-sha384-bcrypt".Length..], "U*U", Ct)).Correct);
        Assert.False((await hasher.VerifyAsync("$ac-sha384-bcrypt$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", Ct)).Correct);
    }

    [Fact]
    public async Task A_hash_of_another_cost_verifies_and_asks_to_be_replaced()
    {
        NeedsBcrypt();
        using var dearer = new PasswordHasher(cost: 5, threadCount: 1);
        var cheap = await hasher.HashAsync("x", Ct);
        var dear = await dearer.HashAsync("x", Ct);

        Assert.Equal(new PasswordVerdict(true, true), await dearer.VerifyAsync(cheap, "x", Ct));
        Assert.Equal(new PasswordVerdict(true, true), await hasher.VerifyAsync(dear, "x", Ct));
        Assert.Equal(new PasswordVerdict(true, false), await dearer.VerifyAsync(dear, "x", Ct));
        Assert.Equal(default, await dearer.VerifyAsync(cheap, "y", Ct));
    }

    [Fact]
    public async Task Without_bcrypt_there_is_pbkdf2_which_verifies_everywhere()
    {
        using var without = new PasswordHasher(cost: 4, threadCount: 1, useBcrypt: false);
        var hash = await without.HashAsync("pässword", Ct);

        Assert.StartsWith("$ac-pbkdf2-sha512$600000$", hash, StringComparison.Ordinal);
        Assert.Equal(new PasswordVerdict(true, false), await without.VerifyAsync(hash, "pässword", Ct));
        Assert.Equal(default, await without.VerifyAsync(hash, "passwort", Ct));
        Assert.Equal(default, await without.VerifyAsync(null, "passwort", Ct));
        Assert.Equal(new PasswordVerdict(true, Bcrypt.IsAvailable), await hasher.VerifyAsync(hash, "pässword", Ct));
        Assert.Equal(3 * 600_000 + 600_000, without.WorkDone);
    }

    // RFC 6070's vectors are for SHA-1; this one is of PBKDF2-HMAC-SHA512 by openssl kdf: password "password", salt of 16 zero bytes, 1000 rounds, 32 bytes.
    [Fact]
    public async Task A_pbkdf2_hash_made_by_openssl_verifies() =>
        Assert.True((await hasher.VerifyAsync("$ac-pbkdf2-sha512$1000$AAAAAAAAAAAAAAAAAAAAAA$EESOu4DSyRTBWpf82FivmZXiTYfkULQLoZjh6nGOCGY", "password", Ct)).Correct);

    [Theory]
    [InlineData('p', '\0', 'w')]
    [InlineData('\0')]
    [InlineData('p', 'w', '\0')]
    [InlineData('\ud800')]
    [InlineData('x', '\udc00', 'y')]
    [InlineData('\ud800', '\ud800')]
    [InlineData('\ude00', '\ud83d')]
    public async Task A_nul_or_half_a_surrogate_pair_is_refused_before_any_hashing(params char[] characters)
    {
        var password = new string(characters);   // a string in an attribute is UTF-8, and would lose the half
        var hash = await hasher.HashAsync("pass", Ct);
        var work = await WorkOf(async () =>
        {
            Assert.Equal(default, await hasher.VerifyAsync(hash, password, Ct));
            Assert.Equal(default, await hasher.VerifyAsync(null, password, Ct));
            await Assert.ThrowsAsync<ArgumentException>(() => hasher.HashAsync(password, Ct));
        });

        Assert.Equal(0, work);
        Assert.False(PasswordHasher.IsAcceptable(password));
        Assert.True(PasswordHasher.IsAcceptable("päss wörd 😀"));
    }

    [Fact]
    public async Task An_unknown_user_costs_the_work_of_a_known_one_and_is_wrong()
    {
        NeedsBcrypt();
        var hash = await hasher.HashAsync("right", Ct);

        var right = await WorkOf(() => hasher.VerifyAsync(hash, "right", Ct));
        var wrong = await WorkOf(() => hasher.VerifyAsync(hash, "wrong", Ct));
        var unknown = await WorkOf(async () => Assert.Equal(default, await hasher.VerifyAsync(null, "wrong", Ct)));

        Assert.Equal(1 << 4, right);
        Assert.Equal(right, wrong);
        Assert.Equal(right, unknown);
    }

    [Fact]
    public async Task A_cheaper_hash_from_elsewhere_is_topped_up_to_the_same_work()
    {
        NeedsBcrypt();
        using var dearer = new PasswordHasher(cost: 7, threadCount: 1);

        await dearer.VerifyAsync(await hasher.HashAsync("x", Ct), "x", Ct);
        Assert.Equal(1 << 7, dearer.WorkDone);
    }

    [Theory]
    [InlineData("")]
    [InlineData("password")]
    [InlineData("$1$abc$def")]
    [InlineData("$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA")]
    [InlineData("$2x$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e")]
    [InlineData("$ac-sha384-bcrypt")]
    [InlineData("$ac-pbkdf2-sha512$0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$ac-pbkdf2-sha512$99999999$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$ac-pbkdf2-sha512$1000$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    [InlineData("$ac-pbkdf2-sha512$1000$$")]
    public async Task A_stored_hash_that_cannot_be_verified_is_a_fault_and_nobodys_wrong_password(string hash)
    {
        Assert.False(PasswordHasher.Understands(hash));
        await Assert.ThrowsAsync<InvalidOperationException>(() => hasher.VerifyAsync(hash, "password", Ct));
    }

    [Fact]
    public async Task A_full_queue_is_said_and_nobody_is_told_his_password_is_wrong()
    {
        using var slow = new PasswordHasher(cost: 12, threadCount: 1, queueLength: 0);
        var first = slow.HashAsync("x", Ct);

        await Assert.ThrowsAsync<HashingBusyException>(() => slow.VerifyAsync(null, "x", Ct));
        await Assert.ThrowsAsync<HashingBusyException>(() => slow.HashAsync("x", Ct));
        Assert.NotEmpty(await first);
    }

    [Fact]
    public async Task The_text_of_a_stored_password_says_its_form_alone()
    {
        foreach (var hash in new[] { await hasher.HashAsync("x", Ct), "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW" })
        {
            Assert.DoesNotContain("$", StoredPassword.Parse(hash)!.ToString(), StringComparison.Ordinal);
        }
    }
}
