namespace AuthCore.Tests.Support;

public sealed class FakeTimeTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void Time_passes_only_when_told()
    {
        var start = _time.GetUtcNow();
        Assert.Equal(start, _time.GetUtcNow());

        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(start.AddSeconds(61), _time.GetUtcNow());

        _time.Set(start);
        Assert.Equal(start, _time.GetUtcNow());
    }

    [Fact]
    public void A_periodic_timer_fires_once_a_period_at_its_own_time_and_never_after_disposal()
    {
        var start = _time.GetUtcNow();
        List<double> fired = [];
        var timer = _time.CreateTimer(_ => fired.Add((_time.GetUtcNow() - start).TotalSeconds), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Empty(fired);
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal([10, 15, 20], fired);

        timer.Dispose();
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(3, fired.Count);
    }

    [Fact]
    public async Task A_delay_ends_on_advance_and_not_before()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(5), _time, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.False(delay.IsCompleted);

        _time.Advance(TimeSpan.FromMinutes(1));
        await delay;
    }

    [Fact]
    public void A_deadline_by_timestamp_follows_the_same_clock()
    {
        var before = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(2), _time.GetElapsedTime(before));
    }
}
