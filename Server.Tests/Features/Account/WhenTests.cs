using AuthCore.Features.Account;

namespace AuthCore.Tests.Features.Account;

public sealed class WhenTests
{
    private static readonly DateTimeOffset s_now = new(2030, 3, 1, 12, 30, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-60, "just now")]   // another server's clock
    [InlineData(0, "just now")]
    [InlineData(119, "just now")]
    [InlineData(120, "2 minutes ago")]
    [InlineData(7199, "119 minutes ago")]
    [InlineData(7200, "2 hours ago")]
    [InlineData(172799, "47 hours ago")]
    [InlineData(172800, "2 days ago")]
    [InlineData(604799, "6 days ago")]
    [InlineData(604800, "22 February 2030")]
    public void It_says_how_long_ago_and_after_a_week_the_day(int seconds, string text) => Assert.Equal(text, When.Of(s_now.AddSeconds(-seconds), s_now).Text);

    [Theory]
    [InlineData(60, "today")]
    [InlineData(46_000, "28 February 2030")]
    [InlineData(90_000, "28 February 2030")]
    public void A_day_is_a_day(int seconds, string text) => Assert.Equal(text, When.DayOf(s_now.AddSeconds(-seconds), s_now).Text);

    [Fact]
    public void Machines_and_the_curious_get_utc()
    {
        var when = When.Of(new DateTimeOffset(2030, 3, 1, 1, 2, 3, TimeSpan.FromHours(2)), s_now);

        Assert.Equal("2030-02-28T23:02:03Z", when.Machine);
        Assert.Equal("28 February 2030, 23:02 UTC", when.Exact);
    }
}
