using System.Net;
using System.Text.Json;
using AuthCore.Features.Par;
using AuthCore.Options;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace AuthCore.Tests.Features.Par;

/// <summary>What an operator can decide, and what happens without a database.</summary>
public sealed class ParSettingsTests : IAsyncLifetime
{
    private readonly string _config = Path.Combine(Path.GetTempPath(), $"authcore-par-{Environment.ProcessId}.yaml");
    private readonly AuthCoreApp _app;
    private readonly Outage _outage = new();

    public ParSettingsTests()
    {
        _app = new AuthCoreApp { Connect = _outage.Connect };
        _app.Settings["AuthCore:Par:Required"] = "true";
        _app.Settings["AuthCore:Par:Lifetime"] = "599";
        _app.Settings["AuthCore:Config"] = _config;
    }

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(
            _config,
            """
            clients:
              - client_id: from-file
                client_secret: a-secret-of-the-file-that-is-long-enough
                redirect_uris: [https://file.example/cb]
                scope: openid
                require_pushed_authorization_requests: true
                allow_unregistered_redirect_uris: true
            """);
        await _app.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _outage.End();
        await _app.DisposeAsync();
        await _outage.DisposeAsync();
        File.Delete(_config);
    }

    [Fact]
    [Proves("require_pushed_authorization_requests", "true")]
    public async Task Required_of_all_and_a_longer_life_are_advertised_and_so_and_without_a_database_nothing_is_decided()
    {
        using var browser = await _app.NewSessionAsync(await _app.NewUserAsync());
        var metadata = JsonElement.Parse(await browser.Http.GetStringAsync(_app.Issuer + DiscoveryTests.OpenId));
        Assert.True(metadata.GetProperty("require_pushed_authorization_requests").GetBoolean());

        Assert.Equal("invalid_request", Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty))));
        var pushed = await browser.PushAsync(Seed.FirstParty);
        _app.Time!.Advance(TimeSpan.FromSeconds(598));
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(pushed)));

        var fromFile = await _app.Get<ClientStore>().FindAsync("from-file", TestContext.Current.CancellationToken);
        Assert.True(fromFile is { RequirePushedAuthorizationRequests: true, AllowUnregisteredRedirectUris: true });

        _outage.Begin(blackHole: false);
        var answer = await browser.PostParAsync(Seed.FirstParty, TestBrowser.Request(Seed.FirstParty));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("temporarily_unavailable", await TestBrowser.ErrorOf(answer));
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("Lifetime", "0")]
    [InlineData("Lifetime", "4")]
    [InlineData("Lifetime", "600")]
    [InlineData("Lifetime", "1d")]
    [InlineData("Lifetime", "-60")]
    [InlineData("Lifetime", "a minute")]
    [InlineData("Required", "yes")]
    [InlineData("Required", "1")]
    public void A_setting_that_makes_no_sense_stops_the_start(string name, string value)
    {
        using var configuration = new ConfigurationManager();
        configuration[$"AuthCore:Par:{name}"] = value;

        Assert.Contains($"AUTHCORE__PAR__{name.ToUpperInvariant()}", Assert.Throws<StartupException>(() => ParOptions.Read(configuration)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_said_is_a_minute_and_a_choice()
    {
        using var configuration = new ConfigurationManager();

        Assert.Equal((TimeSpan.FromSeconds(60), false), (ParOptions.Read(configuration).Lifetime, ParOptions.Read(configuration).Required));
    }
}
