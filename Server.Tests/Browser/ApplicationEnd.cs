using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuthCore.Tests.Browser;

/// <summary>What came back to an application.</summary>
/// <param name="Method">GET for a query, POST for a form.</param>
/// <param name="Fields">The parameters.</param>
public sealed record Arrival(string Method, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>A parameter, or null.</summary>
    public string? this[string name] => Fields.GetValueOrDefault(name);
}

/// <summary>The application's end of a sign-in: a listener on loopback that keeps what arrives at <c>/cb</c>.</summary>
public sealed class ApplicationEnd : IAsyncDisposable
{
    private const string Welcome =
        """<!doctype html><html lang="en"><head><title>Application</title><link rel="icon" href="data:,"></head><body><h1>Welcome back</h1></body></html>""";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Arrival> _arrivals = new(StringComparer.Ordinal);

    private ApplicationEnd()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapMethods("/cb", ["GET", "POST"], ArriveAsync);
        _app.MapGet("/pages/{name}", (string name) => Pages.TryGetValue(name, out var page) ? Results.Content(page, name.EndsWith(".js", StringComparison.Ordinal) ? "text/javascript" : "text/html") : Results.NotFound());
    }

    /// <summary>Its origin.</summary>
    public string Address => _app.Urls.First();

    /// <summary>What it serves under <c>/pages/</c>.</summary>
    public ConcurrentDictionary<string, string> Pages { get; } = new(StringComparer.Ordinal);

    /// <summary>How often something came.</summary>
    public int Count { get; private set; }

    /// <summary>Starts it on a free port.</summary>
    public static async Task<ApplicationEnd> StartAsync()
    {
        var end = new ApplicationEnd();
        await end._app.StartAsync();
        return end;
    }

    /// <summary>What came back with that state; an address that was never reached fails the test.</summary>
    public Arrival Of(string state) =>
        _arrivals.TryGetValue(state, out var arrival) ? arrival : throw new InvalidOperationException($"Nothing came back with the state {state}.");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ArriveAsync(HttpRequest request)
    {
        var fields = request.HasFormContentType
            ? (await request.ReadFormAsync()).ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal)
            : request.Query.ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal);
        _arrivals[fields["state"]] = new Arrival(request.Method, fields);
        Count++;
        return Results.Content(Welcome, "text/html");
    }
}
