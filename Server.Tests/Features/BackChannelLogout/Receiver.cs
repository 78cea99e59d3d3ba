using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuthCore.Tests.Features.BackChannelLogout;

/// <summary>A logout request as it arrived.</summary>
/// <param name="Path">Which application's.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Token">The logout token.</param>
internal sealed record Received(string Path, string? ContentType, string Token);

/// <summary>Applications' ends on loopback: each path answers as the test says, by 200 if it says nothing.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Channel<Received>> _arrived = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _answers = new(StringComparer.Ordinal);

    private Receiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    public string Address => _app.Urls.First();

    public static async Task<Receiver> StartAsync()
    {
        var receiver = new Receiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>What an application answers from now on.</summary>
    public void Answer(string path, int status, string? body = null, string? location = null) => Answer(path, async http =>
    {
        http.Response.StatusCode = status;
        if (location is not null)
        {
            http.Response.Headers.Location = location;
        }

        if (body is not null)
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(body);
        }
    });

    public void Answer(string path, Func<HttpContext, Task> answer) => _answers[path] = answer;

    /// <summary>The next request to the path, in the order of arrival.</summary>
    public async Task<Received> NextAsync(string path)
    {
        using var limit = new CancellationTokenSource(s_patience);
        return await ChannelOf(path).Reader.ReadAsync(limit.Token);
    }

    /// <summary>How many more have arrived.</summary>
    public int Waiting(string path) => ChannelOf(path).Reader.Count;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync() : null;
        ChannelOf(path).Writer.TryWrite(new Received(path, http.Request.ContentType, form?["logout_token"].ToString() ?? string.Create(CultureInfo.InvariantCulture, $"no form: {http.Request.Method}")));
        if (_answers.TryGetValue(path, out var answer))
        {
            await answer(http);
        }
    }

    private Channel<Received> ChannelOf(string path) => _arrived.GetOrAdd(path, _ => Channel.CreateUnbounded<Received>());
}
