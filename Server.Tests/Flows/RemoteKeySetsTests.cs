using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuthCore.Tests.Flows;

/// <summary>Keys of others in memory: fetched rarely, never twice at once, and missed for a while without harm.</summary>
public sealed class RemoteKeySetsTests
{
    private const string Uri = "https://app.example/jwks";
    private static readonly SigningKey s_one = SigningKey.Create(SigningAlgorithm.ES256);
    private static readonly SigningKey s_two = SigningKey.Create(SigningAlgorithm.ES256);

    private readonly FakeTime _time = new();
    private readonly FakeKeySetSource _source = new();
    private readonly RemoteKeySets _sets;

    public RemoteKeySetsTests()
    {
        _source.Serve(Uri, TestJwt.SetOf(s_one));
        _sets = new RemoteKeySets(_source, _time, NullLogger<RemoteKeySets>.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<string?> NamesAsync(string uri = Uri) => Names(await _sets.FindAsync(uri, Ct));

    private static string? Names(RemoteKeys found) => found.Keys is { } set ? string.Join(' ', set.Keys.Select(key => key.Kid)) : null;

    [Theory]
    [InlineData(null, 600)]
    [InlineData(0, 60)]
    [InlineData(59, 60)]
    [InlineData(300, 300)]
    [InlineData(3600, 3600)]
    [InlineData(31_536_000, 3600)]
    public async Task A_set_is_kept_as_long_as_its_server_says_within_limits(int? maxAge, int kept)
    {
        _source.Serve(Uri, TestJwt.SetOf(s_one), maxAge is { } seconds ? TimeSpan.FromSeconds(seconds) : null);
        Assert.Equal(s_one.Kid, await NamesAsync());
        _source.Serve(Uri, TestJwt.SetOf(s_two));

        _time.Advance(TimeSpan.FromSeconds(kept - 1));
        Assert.Equal(s_one.Kid, await NamesAsync());
        Assert.Equal(1, _source.Calls);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(s_two.Kid, await NamesAsync());
        Assert.Equal(2, _source.Calls);
    }

    [Fact]
    public async Task Many_who_ask_at_once_are_served_by_one_request()
    {
        _source.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var all = Enumerable.Range(0, 20).Select(_ => NamesAsync()).ToArray();
        Assert.All(all, asked => Assert.False(asked.IsCompleted));
        _source.Gate.SetResult();

        Assert.All(await Task.WhenAll(all), names => Assert.Equal(s_one.Kid, names));
        Assert.Equal(1, _source.Calls);
    }

    [Fact]
    public async Task Who_leaves_takes_the_request_from_nobody()
    {
        _source.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var left = new CancellationTokenSource();
        var leaver = _sets.FindAsync(Uri, left.Token);
        var other = NamesAsync();

        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        _source.Gate.SetResult();

        Assert.Equal(s_one.Kid, await other);
    }

    [Fact]
    public async Task While_the_server_fails_old_keys_work_on_for_an_hour_and_it_is_asked_once_a_minute()
    {
        await NamesAsync();
        _source.Fail(Uri);
        _time.Advance(RemoteKeySets.Usual);

        var stale = await _sets.FindAsync(Uri, Ct);
        Assert.False(stale.IsCurrent);
        Assert.Equal(s_one.Kid, Names(stale));
        Assert.Equal(2, _source.Calls);
        for (var i = 0; i < 59; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.NotNull(await NamesAsync());
        }

        Assert.Equal(2, _source.Calls);
        _time.Advance(RemoteKeySets.Grace - TimeSpan.FromSeconds(60));
        Assert.NotNull(await NamesAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await NamesAsync());
    }

    [Fact]
    public async Task Where_nothing_is_known_a_failing_server_is_asked_again_after_a_pause()
    {
        _source.Fail(Uri);

        Assert.Equal(new RemoteKeys(null, IsCurrent: false), await _sets.FindAsync(Uri, Ct));
        Assert.Null(await NamesAsync());
        Assert.Equal(1, _source.Calls);

        _source.Serve(Uri, TestJwt.SetOf(s_one));
        _time.Advance(RemoteKeySets.Pause);
        Assert.Equal(s_one.Kid, await NamesAsync());
    }

    [Theory]
    [InlineData("<html>moved</html>")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB"}]}""")]
    public async Task A_document_of_no_use_takes_no_good_one_away(string document)
    {
        await NamesAsync();
        _source.Serve(Uri, document);
        _time.Advance(RemoteKeySets.Usual);

        var found = await _sets.FindAsync(Uri, Ct);

        Assert.False(found.IsCurrent);
        Assert.Equal(s_one.Kid, Names(found));
    }

    [Fact]
    public async Task A_set_that_was_emptied_has_no_keys_any_more()
    {
        await NamesAsync();
        _source.Serve(Uri, """{"keys":[]}""");
        _time.Advance(RemoteKeySets.Usual);

        Assert.Equal("", await NamesAsync());
    }

    [Fact]
    public async Task A_newer_set_is_asked_for_once_a_minute_at_most()
    {
        var known = (await _sets.FindAsync(Uri, Ct)).Keys!;
        _source.Serve(Uri, TestJwt.SetOf(s_two));

        Assert.Same(known, (await _sets.FindNewerAsync(Uri, known, Ct)).Keys);   // it was fetched this very minute
        Assert.Equal(1, _source.Calls);

        _time.Advance(RemoteKeySets.Shortest);
        Assert.Equal(s_two.Kid, Names(await _sets.FindNewerAsync(Uri, known, Ct)));
        Assert.Equal(s_two.Kid, Names(await _sets.FindNewerAsync(Uri, known, Ct)));   // newer than the one they know
        Assert.Equal(2, _source.Calls);
    }

    [Fact]
    public async Task Each_document_has_its_own_keys()
    {
        _source.Serve("https://other.example/jwks", TestJwt.SetOf(s_two));

        Assert.Equal(s_one.Kid, await NamesAsync());
        Assert.Equal(s_two.Kid, await NamesAsync("https://other.example/jwks"));
    }

    [Fact]
    public async Task So_many_requests_go_out_at_once_and_no_more()
    {
        _source.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = Enumerable.Range(0, 40).Select(i => NamesAsync($"https://app{i}.example/jwks")).ToArray();
        Assert.Equal(8, (await Task.WhenAll(await FirstAsync(all, 8).WaitAsync(TimeSpan.FromSeconds(10), Ct))).Count(names => names is null));

        _source.Gate.SetResult();
        await Task.WhenAll(all);

        Assert.Equal(32, _source.Calls);
    }

    [Fact]
    public async Task Memory_is_bounded()
    {
        for (var i = 0; i < 1001; i++)
        {
            await NamesAsync($"https://app.example/{i}");
        }

        Assert.Equal(1001, _source.Calls);
        await NamesAsync("https://app.example/1000");
        Assert.Equal(1001, _source.Calls);
        await NamesAsync("https://app.example/0");
        Assert.Equal(1002, _source.Calls);
    }

    // The first so many that end.
    private static async Task<Task<string?>[]> FirstAsync(Task<string?>[] all, int count)
    {
        var ended = new List<Task<string?>>();
        await foreach (var task in Task.WhenEach(all))
        {
            ended.Add(task);
            if (ended.Count == count)
            {
                break;
            }
        }

        return [.. ended];
    }
}
