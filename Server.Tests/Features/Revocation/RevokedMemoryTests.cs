using System.Globalization;
using AuthCore.Features.Revocation;

namespace AuthCore.Tests.Features.Revocation;

/// <summary>The dead tokens in memory: it is bounded, and never says that a token lives where it cannot know.</summary>
public sealed class RevokedMemoryTests
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_is_whole_when_it_was_filled_and_not_before()
    {
        var memory = new RevokedMemory(gap: 1, readAt: 1);
        memory.Add("heard", s_now.AddHours(1), s_now);
        Assert.False(memory.IsWhole);

        memory.Fill([new RevokedAccessToken { Jti = "read", ExpiresAt = s_now.AddHours(1) }]);

        Assert.True(memory.IsWhole);
        Assert.True(memory.Contains("read"));
        Assert.True(memory.Contains("heard"));
        Assert.False(memory.Contains("READ"));
    }

    [Fact]
    public void More_than_it_holds_make_it_not_whole()
    {
        var memory = new RevokedMemory(gap: 1, readAt: 1);

        memory.Fill(Rows(RevokedMemory.Capacity + 1));

        Assert.False(memory.IsWhole);
    }

    [Fact]
    public void One_more_than_it_holds_makes_it_not_whole_for_good()
    {
        var memory = new RevokedMemory(gap: 1, readAt: 1);
        memory.Fill(Rows(RevokedMemory.Capacity));
        Assert.True(memory.IsWhole);

        memory.Add("one more", s_now.AddHours(1), s_now);

        Assert.False(memory.IsWhole);
        memory.Add("and another when the others are over", s_now.AddHours(9), s_now.AddHours(2));
        Assert.False(memory.IsWhole);   // "one more" was missed
    }

    [Fact]
    public void Tokens_that_are_over_make_room()
    {
        var memory = new RevokedMemory(gap: 1, readAt: 1);
        memory.Fill(Rows(RevokedMemory.Capacity));

        memory.Add("one more", s_now.AddHours(9), s_now.AddHours(2));

        Assert.True(memory.IsWhole);
        Assert.True(memory.Contains("one more"));
        Assert.False(memory.Contains("0"));
    }

    private static RevokedAccessToken[] Rows(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new RevokedAccessToken { Jti = i.ToString(CultureInfo.InvariantCulture), ExpiresAt = s_now.AddHours(1) })];
}
