using AuthCore.Features.Dpop;
using AuthCore.Keys;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>RFC 9449 §8: nonces that nobody keeps.</summary>
public sealed class DpopNoncesTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void A_nonce_is_good_for_its_lifetime_and_tells_when_it_was_made()
    {
        var (nonces, madeAt) = (Nonces(), _time.GetUtcNow());
        var nonce = nonces.Make();

        Assert.Equal(madeAt, nonces.Read(nonce));
        _time.Advance(DpopNonces.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(madeAt, nonces.Read(nonce));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(nonces.Read(nonce));
    }

    [Fact]
    public void Another_node_and_a_server_that_starts_anew_read_it() => Assert.NotNull(Nonces().Read(Nonces().Make()));

    [Fact]
    public void Each_second_has_its_own()
    {
        var first = Nonces().Make();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotEqual(first, Nonces().Make());
    }

    [Fact]
    public void Nothing_that_was_not_made_here_is_one()
    {
        var nonces = Nonces();
        var nonce = nonces.Make();
        string[] others =
        [
            "", "x", nonce[..^1], nonce + "A", nonce + "=", "B" + nonce[1..], nonce[..^1] + (nonce[^1] == 'A' ? 'B' : 'A'), nonce[..12] + nonce[..20], nonce.ToUpperInvariant(),
            new string('A', 32), new string('_', 32), Nonces(7).Make(),
        ];

        Assert.All(others, other => Assert.Null(nonces.Read(other)));
        Assert.NotNull(nonces.Read(nonce));
    }

    [Fact]
    public void One_from_a_clock_that_is_a_little_ahead_is_read_and_one_from_the_future_is_not()
    {
        var ahead = new FakeTime(_time.GetUtcNow().AddSeconds(10));
        Assert.NotNull(Nonces().Read(new DpopNonces(new KeyEncryption(new byte[32]), ahead).Make()));
        ahead.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(Nonces().Read(new DpopNonces(new KeyEncryption(new byte[32]), ahead).Make()));
    }

    private DpopNonces Nonces(byte key = 0) => new(new KeyEncryption(Enumerable.Repeat(key, 32).ToArray()), _time);
}
