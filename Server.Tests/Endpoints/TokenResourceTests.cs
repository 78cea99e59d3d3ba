using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 8707: one or several resources, from the authorization request to the last refresh.</summary>
public sealed class TokenResourceTests(TokenResourceTests.Apis apis) : IClassFixture<TokenResourceTests.Apis>
{
    private const string Files = "https://files.test";
    private const string Notes = "https://notes.test/api?tenant=1";
    private const string Old = "https://old.test";

    private static readonly ScopeDefinition s_readNotes = new() { Name = "read:notes", Title = "Read your notes" };

    private static readonly Client s_reader = Seed.FirstParty with
    {
        ClientId = "reader",
        Scope = ["openid", "email", "offline_access", "read:files", "read:notes"],
        Resources = [Files, Notes, Old],
    };

    private static readonly Client s_service = Seed.Machine with { ClientId = "service", Scope = ["read:files", "read:notes"], Resources = [Files, Notes, Old] };

    private readonly AuthCoreApp _app = apis.App;

    [Fact]
    public async Task Each_token_is_for_the_resource_asked_for_and_says_only_what_that_resource_understands()
    {
        using var browser = _app.CreateBrowser();
        var code = await CodeAsync(browser, s_reader, "read:files read:notes offline_access", Files, Notes);

        var notes = await browser.RedeemAsync(s_reader, code, ("resource", Notes));
        var files = await browser.RefreshAsync(s_reader, notes.RefreshToken, ("resource", Files));
        var both = await browser.RefreshAsync(s_reader, files.RefreshToken);

        AssertIs(notes, [Notes], "read:files read:notes");
        AssertIs(files, [Files], "read:files");
        AssertIs(both, [Files, Notes], "read:files read:notes");
    }

    [Fact]
    public async Task With_openid_identity_scopes_stay_and_the_token_is_good_at_userinfo_whatever_signs_it()
    {
        using var browser = _app.CreateBrowser();
        var code = await CodeAsync(browser, s_reader, "openid email read:notes read:files", Files, Notes, Old);

        var old = await browser.RedeemAsync(s_reader, code, ("resource", Old));

        AssertIs(old, [Old, _app.Issuer], "openid email read:files");
        Assert.Equal("PS256", HeaderOf(old.AccessToken));
        Assert.Equal(System.Net.HttpStatusCode.OK, await browser.UserInfoStatusAsync(old.AccessToken));
    }

    // Nothing was redeemed, so nothing is lost: the client asks again, one at a time.
    [Fact]
    public async Task Resources_that_are_signed_for_differently_are_granted_together_and_given_one_at_a_time()
    {
        using var browser = _app.CreateBrowser();
        var code = await CodeAsync(browser, s_reader, "read:files offline_access", Files, Old);

        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RedeemAsync(s_reader, code)).Verdict);
        var files = await browser.RedeemAsync(s_reader, code, ("resource", Files));
        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RefreshAsync(s_reader, files.RefreshToken)).Verdict);
        var old = await browser.RefreshAsync(s_reader, files.RefreshToken, ("resource", Old));

        AssertIs(files, [Files], "read:files");
        AssertIs(old, [Old], "read:files");
        Assert.Equal(("ES256", "PS256"), (HeaderOf(files.AccessToken), HeaderOf(old.AccessToken)));
        Assert.Equal(TokenAnswer.InvalidTarget, (await ServeAsync(browser, null, Files, Old)).Verdict);
    }

    // RFC 8707 §2
    [Theory]
    [InlineData("https://unknown.test")]
    [InlineData("https://files.test/")]
    [InlineData("https://files.test#part")]
    [InlineData("https://files.test/#")]
    [InlineData("HTTPS://FILES.TEST")]
    [InlineData("files.test")]
    [InlineData("/files")]
    [InlineData("//files.test")]
    [InlineData("https://files.test https://notes.test/api?tenant=1")]
    [InlineData("https://notes.test/api?tenant=2")]
    [InlineData(Old)]                                             // the client's, but not granted
    public async Task A_resource_unknown_malformed_or_beyond_the_grant_is_invalid_target_and_loses_nothing(string resource)
    {
        using var browser = _app.CreateBrowser();
        var code = await CodeAsync(browser, s_reader, "read:files read:notes offline_access", Files, Notes);

        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RedeemAsync(s_reader, code, ("resource", resource))).Verdict);
        var tokens = await browser.RedeemAsync(s_reader, code);
        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RefreshAsync(s_reader, tokens.RefreshToken, ("resource", resource))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_reader, tokens.RefreshToken)).Verdict);
        if (resource != Old)
        {
            Assert.Equal(TokenAnswer.InvalidTarget, (await ServeAsync(browser, null, resource)).Verdict);
            Assert.Equal(TokenAnswer.InvalidTarget, (await ServeAsync(browser, null, Files, resource)).Verdict);
        }
    }

    [Fact]
    public async Task A_scope_that_the_resource_does_not_understand_is_invalid_scope_and_loses_nothing()
    {
        using var browser = _app.CreateBrowser();
        var tokens = await browser.RedeemAsync(s_reader, await CodeAsync(browser, s_reader, "read:files read:notes offline_access", Files, Notes));

        Assert.Equal(TokenAnswer.InvalidScope, (await browser.RefreshAsync(s_reader, tokens.RefreshToken, ("scope", "read:notes"), ("resource", Files))).Verdict);
        Assert.Equal(TokenAnswer.InvalidScope, (await browser.RefreshAsync(s_reader, tokens.RefreshToken, ("scope", "offline_access"))).Verdict);
        AssertIs(await browser.RefreshAsync(s_reader, tokens.RefreshToken, ("scope", "read:notes"), ("resource", Notes)), [Notes], "read:notes");
    }

    // An application that refreshes at once for each API it calls would send the token of one to the other.
    [Fact]
    public async Task A_retry_of_a_refresh_gets_the_scope_and_the_resource_that_it_asks_for_and_the_one_successor()
    {
        using var browser = _app.CreateBrowser();
        var tokens = await browser.RedeemAsync(s_reader, await CodeAsync(browser, s_reader, "read:files read:notes offline_access", Files, Notes));
        var first = await browser.RefreshAsync(s_reader, tokens.RefreshToken, ("resource", Notes), ("scope", "read:notes"));

        var same = await browser.RefreshAsync(s_reader, tokens.RefreshToken);
        var other = await browser.RefreshAsync(s_reader, tokens.RefreshToken, ("resource", Files), ("scope", "read:files"));

        AssertIs(first, [Notes], "read:notes");
        AssertIs(same, [Files, Notes], "read:files read:notes");
        AssertIs(other, [Files], "read:files");
        Assert.Single(new[] { first, same, other }.Select(answer => answer.RefreshToken).Distinct());
    }

    [Fact]
    public async Task A_client_that_keeps_its_refresh_token_gets_each_time_what_it_asks_for()
    {
        var client = s_reader with { ClientId = "keeper", RefreshTokenRotation = false };
        await _app.SaveAsync(client);
        using var browser = _app.CreateBrowser();
        var tokens = await browser.RedeemAsync(client, await CodeAsync(browser, client, "read:files read:notes offline_access", Files, Notes));

        AssertIs(await browser.RefreshAsync(client, tokens.RefreshToken, ("resource", Files)), [Files], "read:files");
        AssertIs(await browser.RefreshAsync(client, tokens.RefreshToken, ("resource", Notes)), [Notes], "read:files read:notes");
        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RefreshAsync(client, tokens.RefreshToken, ("resource", Old))).Verdict);
    }

    [Fact]
    public async Task A_client_for_itself_gets_of_its_scope_what_the_resource_understands()
    {
        using var browser = _app.CreateBrowser();

        AssertIs(await ServeAsync(browser, null, Files), [Files], "read:files");
        AssertIs(await ServeAsync(browser, null, Notes), [Notes], "read:files read:notes");
        AssertIs(await ServeAsync(browser, "read:files read:notes", Files), [Files], "read:files");
        AssertIs(await ServeAsync(browser, "read:notes", Files, Notes), [Files, Notes], "read:notes");
        AssertIs(await ServeAsync(browser, null), [_app.Issuer], "read:files read:notes");
        Assert.Equal(TokenAnswer.InvalidScope, (await ServeAsync(browser, "read:notes", Files)).Verdict);
    }

    [Fact]
    public async Task A_resource_without_scopes_is_told_by_its_audience_alone()
    {
        var bare = new ResourceDefinition { Identifier = "https://bare.test", Name = "Bare" };
        await _app.SaveAsync(bare);
        var client = s_service with { ClientId = "bare-service", Resources = [bare.Identifier] };
        await _app.SaveAsync(client);
        using var browser = _app.CreateBrowser();

        var token = await browser.AskAsync(client, Fields(null, bare.Identifier));

        AssertIs(token, [bare.Identifier], null);
        Assert.Equal(TokenAnswer.InvalidScope, (await browser.AskAsync(client, Fields("read:files", bare.Identifier))).Verdict);
    }

    [Fact]
    public async Task A_default_resource_narrows_the_scope_as_one_that_was_asked_for()
    {
        var client = s_reader with { ClientId = "by-default", DefaultResource = Files };
        await _app.SaveAsync(client);
        using var browser = _app.CreateBrowser();

        AssertIs(await browser.RedeemAsync(client, await CodeAsync(browser, client, "read:files read:notes")), [Files], "read:files");
    }

    // "unknown" counts at every use, not only at the first
    [Fact]
    public async Task A_resource_taken_from_the_server_gets_no_token_any_more_and_the_refresh_token_stays()
    {
        var brief = Seed.Api with { Identifier = "https://brief.test" };
        await _app.SaveAsync(brief);
        var client = s_reader with { ClientId = "brief-reader", Resources = [brief.Identifier] };
        await _app.SaveAsync(client);
        using var browser = _app.CreateBrowser();
        var tokens = await browser.RedeemAsync(client, await CodeAsync(browser, client, "read:files offline_access", brief.Identifier));

        await _app.Get<ScopeStore>().DeleteResourceAsync(brief.Identifier, CancellationToken.None);
        await _app.Get<Catalog>().StartAsync(CancellationToken.None);

        Assert.Equal(TokenAnswer.InvalidTarget, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
        Assert.Equal("invalid_target", Walk.ErrorOf(await browser.CompleteAsync(TestBrowser.Request(client, "read:files").With("resource", brief.Identifier))));
        await _app.SaveAsync(brief);
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(client, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task More_resources_than_ten_are_refused_everywhere()
    {
        using var browser = _app.CreateBrowser();
        string[] many = [.. Enumerable.Repeat(Files, 11)];

        Assert.Equal(TokenAnswer.InvalidTarget, (await ServeAsync(browser, null, many)).Verdict);
        Assert.Equal("invalid_target", Walk.ErrorOf(await browser.AuthorizeAsync([.. TestBrowser.Request(s_reader, "openid"), .. many.Select(r => KeyValuePair.Create("resource", r))])));
    }

    private static async Task<string> CodeAsync(TestBrowser browser, Client client, string scope, params string[] resources) => Walk.CodeOf(await browser.CompleteAsync(
        [.. TestBrowser.Request(client, scope), .. resources.Select(resource => KeyValuePair.Create("resource", resource))]))!;

    private static Task<TokenAnswer> ServeAsync(TestBrowser browser, string? scope, params string[] resources) => browser.TokenAsync(s_service, Fields(scope, resources)).ReadAsync();

    private static Dictionary<string, string> Fields(string? scope, string resource) => Fields(scope, [resource]).ToDictionary(StringComparer.Ordinal);

    private static KeyValuePair<string, string>[] Fields(string? scope, string[] resources) =>
    [
        KeyValuePair.Create("grant_type", "client_credentials"),
        .. scope is null ? [] : new[] { KeyValuePair.Create("scope", scope) },
        .. resources.Select(resource => KeyValuePair.Create("resource", resource)),
    ];

    private static string HeaderOf(string jwt) => System.Text.Json.JsonElement.Parse(AuthCore.Jose.CanonicalBase64Url.Decode(jwt.Split('.')[0])!).GetProperty("alg").GetString()!;

    // The answer, and the token itself: they say the same.
    private static void AssertIs(TokenAnswer answer, string[] audience, string? scope)
    {
        Assert.Equal(TokenAnswer.Ok, answer.Verdict);
        var claims = TestBrowser.ClaimsOf(answer.AccessToken);
        var aud = claims.GetProperty("aud");
        Assert.Equal(audience, aud.ValueKind == System.Text.Json.JsonValueKind.String ? [aud.GetString()!] : aud.EnumerateArray().Select(a => a.GetString()!));
        Assert.Equal(scope, answer.Scope);
        Assert.Equal(scope, claims.TryGetProperty("scope", out var said) ? said.GetString() : null);
    }

    /// <summary>A server with three APIs, of which one wants another signature.</summary>
    public sealed class Apis : IAsyncLifetime
    {
        internal AuthCoreApp App { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await App.InitializeAsync();
            await App.Get<ScopeStore>().SaveAsync(s_readNotes, CancellationToken.None);
            await App.SaveAsync(new ResourceDefinition { Identifier = Files, Name = "Files", Scopes = ["read:files"] });
            await App.SaveAsync(new ResourceDefinition { Identifier = Notes, Name = "Notes", Scopes = ["read:notes", "read:files"] });
            await App.SaveAsync(new ResourceDefinition { Identifier = Old, Name = "Old", Scopes = ["read:files"], SigningAlg = "PS256" });
            await App.SaveAsync(s_reader);
            await App.SaveAsync(s_service);
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
