using System.Diagnostics;
using System.Net;

namespace AuthCore.Tests.Support;

/// <summary>The database of a server goes away and comes back. What the server says meanwhile is the same everywhere: 503 within 2 s, and no verdict.</summary>
public sealed class Outage : IAsyncDisposable
{
    /// <summary>2 s is the promise; the rest is for a machine busy with other tests.</summary>
    public static readonly TimeSpan Promise = TimeSpan.FromSeconds(2.8);

    private DatabaseProxy _proxy = null!;

    /// <summary>For <see cref="AuthCoreApp.Connect"/>: the server reaches its database by this way alone.</summary>
    public string Connect(string direct) => (_proxy = DatabaseProxy.To(direct)).ConnectionString;

    /// <summary>Takes the database away: connections are cut and refused, or with <paramref name="blackHole"/> nothing answers.</summary>
    public void Begin(bool blackHole)
    {
        if (blackHole)
        {
            _proxy.BlackHole();
        }
        else
        {
            _proxy.Cut();
        }
    }

    /// <summary>Gives it back.</summary>
    public void End() => _proxy.Restore();

    /// <summary>After the app, which has connections to close.</summary>
    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    /// <summary>An endpoint for programs says that the server is in trouble, in time, and that it is worth to ask again.</summary>
    public static async Task AssertSaidAsync(Task<HttpResponseMessage> sent)
    {
        var answer = await InTimeAsync(sent);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        Assert.Equal("temporarily_unavailable", await TestBrowser.ErrorOf(answer));
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Empty(answer.Headers.WwwAuthenticate);
    }

    /// <summary>The answer, which came in time.</summary>
    public static async Task<HttpResponseMessage> InTimeAsync(Task<HttpResponseMessage> sent)
    {
        var waited = Stopwatch.StartNew();
        var answer = await sent;
        Assert.True(waited.Elapsed < Promise, $"{answer.RequestMessage!.RequestUri!.AbsolutePath} took {waited.Elapsed}");
        return answer;
    }

    /// <summary>Asks until the answer is 200, for 5 s at most: by then all is well again.</summary>
    public static async Task<HttpResponseMessage> WhenOverAsync(Func<Task<HttpResponseMessage>> ask)
    {
        var waited = Stopwatch.StartNew();
        HttpResponseMessage answer;
        while ((answer = await ask()).StatusCode != HttpStatusCode.OK)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(5), "still nothing 5 s after the database is back");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return answer;
    }
}
