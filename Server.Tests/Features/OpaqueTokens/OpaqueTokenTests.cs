using System.Net;
using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.OpaqueTokens;

/// <summary>RFC 6749 §1.4: access tokens that only the server can read.</summary>
public sealed class OpaqueTokenTests(OpaqueServer server) : IClassFixture<OpaqueServer>
{
    private static readonly Client s_client = OpaqueServer.App;
    private static readonly Client s_machine = OpaqueServer.Job;

    private AuthCoreApp App => server.Core;

    private Database Database => App.Get<Database>();

    [Fact]
    public async Task It_is_a_handle_that_tells_nothing_and_stands_in_the_database_by_its_hash_alone()
    {
        var tokens = await BeginAsync(s_client);

        Assert.True(Handle.TryParse(HandleKind.AccessToken, tokens.AccessToken, out var handle));
        Assert.Equal(TokenSteps.GrantOf(tokens.RefreshToken), handle.Id);
        var row = await Database.FindAsync<string>("select t::text from opaque_access_tokens t where token_hash = @hash", new { hash = handle.Hash }, CancellationToken.None);
        Assert.NotNull(row);
        Assert.DoesNotContain(tokens.AccessToken, row, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.AccessToken[^43..], row, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.AccessToken, string.Join('\n', App.Logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stands_for_what_a_jwt_would_say()
    {
        var user = await App.NewUserAsync();
        foreach (var scope in new[] { "openid profile", "read:files" })
        {
            var opaque = await FactsAsync((await BeginAsync(s_client, scope, Seed.Api.Identifier, user)).AccessToken);
            var jwt = await FactsAsync((await BeginAsync(s_client with { ClientId = OpaqueServer.JwtApp.ClientId }, scope, Seed.Api.Identifier, user)).AccessToken);
            AssertSame(jwt, opaque);
            Assert.Equal(user.Subject, opaque.Family!.Value.User.Subject);
            Assert.Equal(opaque.GrantId, opaque.Family.Value.Grant.Id);
        }

        AssertSame(await FactsAsync((await MachineAsync(OpaqueServer.JwtJob)).AccessToken), await FactsAsync((await MachineAsync(s_machine)).AccessToken));
    }

    [Fact]
    public async Task Userinfo_takes_it_until_its_second_and_not_beyond()
    {
        using var browser = App.CreateBrowser();
        var user = await App.NewUserAsync();
        var tokens = await BeginAsync(s_client, "openid email", user: user);
        Assert.Equal(900, tokens.Body.GetProperty("expires_in").GetInt32());

        var answer = await browser.UserInfoAsync(tokens.AccessToken);
        var info = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal((user.Subject, user.Email), (info.GetProperty("sub").GetString(), info.GetProperty("email").GetString()));

        App.Time!.Advance(TimeSpan.FromSeconds(899));
        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(tokens.AccessToken));
        App.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(tokens.AccessToken));
    }

    // RFC 7519 §4.1.4: what is said of its end is whole seconds, and nothing says "active" of a token beyond it.
    [Fact]
    public async Task It_ends_at_the_second_that_is_said_of_it_as_a_jwt_does()
    {
        App.Time!.Advance(TimeSpan.FromMilliseconds(600));
        using var browser = App.CreateBrowser();
        foreach (var client in new[] { s_client, s_client with { ClientId = OpaqueServer.JwtApp.ClientId } })
        {
            var token = (await BeginAsync(client)).AccessToken;
            var facts = await FactsAsync(token);
            Assert.Equal((0, 900), (facts.ExpiresAt.Millisecond, (facts.ExpiresAt - facts.IssuedAt).TotalSeconds));

            App.Time.Advance(TimeSpan.FromMilliseconds(899_500));
            Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(token));
            App.Time.Advance(TimeSpan.FromMilliseconds(500));
        }

        App.Time.Advance(TimeSpan.FromMilliseconds(400));
    }

    // RFC 9449 §6, RFC 8705 §3: a bound token that forgot its key would be good in any hand
    [Fact]
    public async Task The_key_it_is_bound_to_is_kept_with_it()
    {
        const string key = """{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""";
        var claims = new AccessTokenClaims
        {
            Issuer = App.Issuer, Subject = s_machine.ClientId, ClientId = s_machine.ClientId, Audience = [Seed.Api.Identifier], Scope = [], JwtId = "bound",
            IssuedAt = App.Time!.GetUtcNow(), Lifetime = 60, Confirmation = key,
        };

        var made = await App.Get<AccessTokens>().MakeAsync("opaque", claims, "ES256", CancellationToken.None);
        await Database.WriteAsync(made.Row!.Sql, made.Row.Values, CancellationToken.None);

        Assert.Equal(key, (await FactsAsync(made.Value)).Confirmation);
    }

    [Fact]
    public async Task A_token_changed_in_any_way_is_no_token()
    {
        using var browser = App.CreateBrowser();
        var one = await BeginAsync(s_client);
        var other = await BeginAsync(s_client);
        var token = one.AccessToken;
        var machine = (await MachineAsync(s_machine)).AccessToken;
        foreach (var bad in new[]
        {
            token[..^1], token + "A", token[1..], token.ToUpperInvariant(), token.Replace("ac_at_", "ac_rt_", StringComparison.Ordinal), one.RefreshToken,
            one.RefreshToken.Replace("ac_rt_", "ac_at_", StringComparison.Ordinal), token[..28] + other.AccessToken[28..], other.AccessToken[..28] + token[28..], "ac_at_", machine,
            Handle.Create(HandleKind.AccessToken, TokenSteps.GrantOf(one.RefreshToken)).Value,
        })
        {
            var answer = await browser.UserInfoAsync(bad);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.Equal("invalid_token", await TestBrowser.ErrorOf(answer));
        }

        // and it opens no other door
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(s_client, token)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(s_client, token)).Verdict);
        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(token));
    }

    [Fact]
    public async Task The_clients_choice_goes_before_the_resources()
    {
        var resource = new ResourceDefinition { Identifier = "https://secret.test", Name = "Secret", AccessTokenFormat = "opaque" };
        await server.SaveAsync(resource);
        foreach (var (choice, isOpaque) in new[] { (null, true), ("opaque", true), ("jwt", false) })
        {
            var client = s_client with { ClientId = $"choosing-{choice}", Resources = [resource.Identifier, Seed.Api.Identifier], AccessTokenFormat = choice };
            await App.SaveAsync(client);

            Assert.Equal(isOpaque, IsOpaque(await BeginAsync(client, "openid", resource.Identifier)));
        }

        var indifferent = s_client with { ClientId = "indifferent", Resources = [resource.Identifier, Seed.Api.Identifier], AccessTokenFormat = null };
        await App.SaveAsync(indifferent);
        Assert.False(IsOpaque(await BeginAsync(indifferent, "openid", Seed.Api.Identifier)));
        Assert.False(IsOpaque(await BeginAsync(indifferent, "openid")));
    }

    [Fact]
    public async Task No_other_form_can_be_chosen()
    {
        var rules = new ClientMetadataRules(App.Get<ServerCapabilities>(), s_client.Scope, s_client.Resources);

        Assert.True((await rules.ValidateAsync(s_client)).IsValid);
        foreach (var format in new[] { "", "OPAQUE", "reference", "jwt opaque" })
        {
            Assert.Equal("access_token_format", (await rules.ValidateAsync(s_client with { AccessTokenFormat = format })).Errors.Single().PropertyName);
        }
    }

    // What was earned and what is given are written by one transaction: none is there without the other.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_row_is_written_in_the_transaction_and_round_trip_of_what_earned_it(bool rotates)
    {
        using var browser = App.CreateBrowser();
        using var statements = new Statements(App.ConnectionString);
        var client = s_client with { ClientId = $"one-commit-{rotates}", RefreshTokenRotation = rotates };
        await App.SaveAsync(client);
        var code = await browser.GetCodeAsync(client, username: (await App.NewUserAsync()).Username);
        var first = await browser.RedeemAsync(client, code);
        Assert.True(await InOneTransactionAsync(TokenSteps.GrantOf(code), first.AccessToken));
        var second = await browser.RefreshAsync(client, first.RefreshToken);
        Assert.True(await InOneTransactionAsync(TokenSteps.GrantOf(code), second.AccessToken));

        foreach (var access in new[] { first.AccessToken, second.AccessToken })
        {
            Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(access));
        }

        var refreshToken = second.RefreshToken;
        Assert.Equal(2, (await statements.OfAsync(async () => refreshToken = (await browser.RefreshAsync(client, refreshToken)).RefreshToken, expected: 2)).Count);   // load, apply
    }

    [Fact]
    public async Task A_retry_gets_a_token_that_lives()
    {
        using var browser = App.CreateBrowser();
        var first = await BeginAsync(s_client);

        var second = await browser.RefreshAsync(s_client, first.RefreshToken);
        var retry = await browser.RefreshAsync(s_client, first.RefreshToken);

        Assert.Equal(second.RefreshToken, retry.RefreshToken);
        Assert.NotEqual(second.AccessToken, retry.AccessToken);
        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(retry.AccessToken));
        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(second.AccessToken));
    }

    [Fact]
    public async Task Of_refreshes_that_meet_each_that_is_answered_has_a_token_that_lives()
    {
        using var browser = App.CreateBrowser();
        var token = (await BeginAsync(s_client)).RefreshToken;
        await using var held = await RowLock.TakeAsync(App.ConnectionString, "select 1 from grants where id = @id for update", TokenSteps.GrantOf(token));

        var both = Task.WhenAll(browser.RefreshAsync(s_client, token), browser.RefreshAsync(s_client, token));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        foreach (var answer in await both)
        {
            Assert.Equal(TokenAnswer.Ok, answer.Verdict);
            Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(answer.AccessToken));
        }
    }

    [Fact]
    public async Task A_rotation_that_fails_leaves_no_token_behind()
    {
        using var browser = App.CreateBrowser();
        var token = (await BeginAsync(s_client)).RefreshToken;
        var family = TokenSteps.GrantOf(token);
        var before = await CountAsync(family);
        await using var held = await RowLock.TakeAsync(App.ConnectionString, "select 1 from grants where id = @id for update", family);

        var lost = browser.RefreshAsync(s_client, token);
        await held.KillWaitersAsync();
        Assert.Equal(TokenAnswer.Unavailable, (await lost).Verdict);
        await held.ReleaseAsync();

        Assert.Equal(before, await CountAsync(family));
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_client, token)).Verdict);
        Assert.Equal(before + 1, await CountAsync(family));
    }

    [Fact]
    public async Task A_client_that_acts_for_itself_pays_one_write()
    {
        using var statements = new Statements(App.ConnectionString);

        Assert.Single(await statements.OfAsync(() => MachineAsync(s_machine)));
        Assert.Empty(await statements.OfAsync(() => MachineAsync(OpaqueServer.JwtJob), expected: 0));   // and nobody else
    }

    [Fact]
    public async Task Userinfo_reads_token_family_and_person_in_one_round_trip()
    {
        using var browser = App.CreateBrowser();
        using var statements = new Statements(App.ConnectionString);
        var token = (await BeginAsync(s_client)).AccessToken;

        Assert.Single(await statements.OfAsync(() => browser.UserInfoAsync(token)));
    }

    [Fact]
    public async Task When_the_family_is_over_or_gone_so_is_the_token()
    {
        using var browser = App.CreateBrowser();
        var (revoked, gone, disabled) = (await BeginAsync(s_client), await BeginAsync(s_client), await App.NewUserAsync());
        var ofDisabled = await BeginAsync(s_client, user: disabled);

        await App.Get<GrantStore>().RevokeAsync(TokenSteps.GrantOf(revoked.RefreshToken), "test", App.Time!.GetUtcNow(), CancellationToken.None);
        await Database.ExecuteAsync("delete from grants where id = @id", new { id = TokenSteps.GrantOf(gone.RefreshToken) }, CancellationToken.None);
        await App.SaveAsync(disabled with { DisabledAt = App.Time.GetUtcNow() });

        foreach (var tokens in new[] { revoked, gone, ofDisabled })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(tokens.AccessToken));
        }
    }

    [Fact]
    public async Task Expired_rows_are_cleaned_and_live_ones_stay()
    {
        var tokens = await BeginAsync(s_client with { ClientId = OpaqueServer.LongApp.ClientId });
        var old = await BeginAsync(s_client);
        App.Time!.Advance(TimeSpan.FromSeconds(901));

        await App.Get<Cleanup>().RunOnceAsync(CancellationToken.None);

        Assert.Equal(0, await CountAsync(TokenSteps.GrantOf(old.RefreshToken)));
        Assert.Equal(1, await CountAsync(TokenSteps.GrantOf(tokens.RefreshToken)));
        using var browser = App.CreateBrowser();
        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(tokens.AccessToken));
    }

    [Fact]
    public async Task Without_a_database_it_is_503_and_never_invalid_token()
    {
        await using var outage = new Outage();
        await using var app = new AuthCoreApp { Connect = outage.Connect };
        await app.InitializeAsync();
        await app.SaveAsync(s_client);
        await app.SaveAsync(s_machine);
        using var browser = app.CreateBrowser();
        var token = (await browser.BeginAsync(s_client)).AccessToken;
        outage.Begin(blackHole: false);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await browser.UserInfoStatusAsync(token));
        Assert.Equal(TokenAnswer.Unavailable, (await browser.AskAsync(s_machine, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" })).Verdict);

        outage.End();
        Assert.Equal(HttpStatusCode.OK, (await Outage.WhenOverAsync(() => browser.UserInfoAsync(token))).StatusCode);
    }

    private async Task<TokenAnswer> BeginAsync(Client client, string scope = "openid profile offline_access", string? resource = null, User? user = null)
    {
        using var browser = App.CreateBrowser();
        user ??= await App.NewUserAsync();
        var answer = await browser.CompleteAsync(TestBrowser.Request(client, scope).With("resource", resource), user.Username);
        return await browser.RedeemAsync(client, TestBrowser.QueryOf(answer)["code"]);
    }

    private async Task<TokenAnswer> MachineAsync(Client client)
    {
        using var browser = App.CreateBrowser();
        return await browser.AskAsync(client, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" }, ("resource", Seed.Api.Identifier));
    }

    private async Task<AccessTokenFacts> FactsAsync(string token) =>
        (await App.Get<AccessTokens>().ReadAsync(token, CancellationToken.None)).Try(out var facts, out var error) ? facts : throw new InvalidOperationException(error.Reason);

    private static bool IsOpaque(TokenAnswer answer) => answer.AccessToken.StartsWith("ac_at_", StringComparison.Ordinal);

    private static void AssertSame(AccessTokenFacts expected, AccessTokenFacts actual)
    {
        Assert.NotEqual(expected.JwtId, actual.JwtId);
        Assert.Equal(expected.GrantId is null, actual.GrantId is null);
        Assert.Equivalent(
            expected with { JwtId = "", GrantId = null, Family = null, ClientId = "", Subject = expected.GrantId is null ? "" : expected.Subject },
            actual with { JwtId = "", GrantId = null, Family = null, ClientId = "", Subject = actual.GrantId is null ? "" : actual.Subject },
            strict: true);
    }

    private Task<int> CountAsync(Guid family) =>
        Database.FindAsync<int>("select count(*)::int from opaque_access_tokens where id = @family", new { family }, CancellationToken.None);

    private Task<bool> InOneTransactionAsync(Guid family, string accessToken) => Database.FindAsync<bool>(
        "select exists (select 1 from grants e join opaque_access_tokens t on t.xmin = e.xmin where e.id = @family and t.token_hash = @hash)",
        new { family, hash = Handle.HashOf(accessToken) }, CancellationToken.None);
}
