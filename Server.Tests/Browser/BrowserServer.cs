using System.Globalization;
using System.Net;
using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Dapper;
using Microsoft.Playwright;
using Npgsql;

namespace AuthCore.Tests.Browser;

/// <summary>One started server and one application for the tests of this folder, which therefore run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserServer : IAsyncLifetime, ICollectionFixture<BrowserServer>
{
    /// <summary>The collection.</summary>
    public const string Name = "Browser";

    private readonly KestrelApp _kestrel = new();
    private int _states;

    /// <summary>The server's issuer.</summary>
    public string Issuer => _kestrel.Issuer;

    /// <summary>The server, to seed and to look into.</summary>
    public AuthCoreApp App => _kestrel.App;

    /// <summary>Where answers arrive.</summary>
    public ApplicationEnd End { get; private set; } = null!;

    /// <summary>A web application whose redirect URI is answered.</summary>
    public Client Application { get; private set; } = null!;

    /// <summary>The origins that a sign-in may touch.</summary>
    public IReadOnlyCollection<string> Origins => [Issuer, End.Address];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(15_000);
        End = await ApplicationEnd.StartAsync();
        await _kestrel.InitializeAsync();
        Application = Seed.Web with { ClientId = "in-a-browser", RedirectUris = [End.Address + "/cb"] };
        await App.SaveAsync(Application);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _kestrel.DisposeAsync();
        await End.DisposeAsync();
    }

    /// <summary>A person nobody has met.</summary>
    internal Task<User> NewUserAsync() => App.NewUserAsync();

    /// <summary>A request of the application, with a state of its own.</summary>
    /// <param name="scope">What it asks for.</param>
    /// <param name="further">Parameters beside the usual ones.</param>
    public (string Url, string State) Ask(string scope = "openid profile offline_access", params (string Name, string Value)[] further)
    {
        var state = string.Create(CultureInfo.InvariantCulture, $"state-{Interlocked.Increment(ref _states)}");
        var request = TestBrowser.Request(Application, scope).With("state", state);
        foreach (var (name, value) in further)
        {
            request[name] = value;
        }

        return ($"{Issuer}/authorize?{TestBrowser.Encode(request)}", state);
    }

    /// <summary>The tokens for the code that arrived, as the application's backend gets them.</summary>
    public async Task<JsonElement> RedeemAsync(Arrival arrival)
    {
        using var backend = _kestrel.CreateBrowser();
        using var response = await backend.TokenAsync(Application, TestBrowser.Redeem(Application, arrival["code"]!));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        return JsonElement.Parse(body);
    }

    /// <summary>Lets an hour pass for all that was begun, but not for the computer's clock.</summary>
    public async Task ExpireInteractionsAsync()
    {
        await using var connection = new NpgsqlConnection(App.ConnectionString);
        await connection.ExecuteAsync("update interactions set created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour'");
    }

    /// <summary>A browser that may talk to the server and the application.</summary>
    public Task<WatchedBrowser> OpenAsync(Chromium chromium, bool scripts = true, BrowserNewContextOptions? options = null)
    {
        options ??= new BrowserNewContextOptions();
        options.JavaScriptEnabled = scripts;
        return chromium.OpenAsync(Origins, options);
    }
}
