using System.Net;
using System.Text.Json;
using AuthCore.Features.PairwiseSubjects;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Features.PairwiseSubjects;

/// <summary>OIDC Core §8: what clients of one sector, and of two, learn of one person.</summary>
public sealed class PairwiseSubjectsTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client One = Seed.FirstParty with { ClientId = "one", SubjectType = "pairwise", RedirectUris = ["https://one.example/cb"], ClaimsInIdToken = true };

    private static readonly Client Sibling = One with { ClientId = "sibling", RedirectUris = ["https://ONE.example:8443/other"] };

    private static readonly Client Other = One with { ClientId = "other", RedirectUris = ["https://other.example/cb"] };

    private static readonly Client Named = One with { ClientId = "named", RedirectUris = ["https://a.example/cb", "https://b.example/cb"], SectorIdentifierUri = "https://one.example/redirect-uris.json" };

    [Fact]
    public async Task Every_client_of_a_sector_and_every_token_has_one_name_and_other_sectors_another()
    {
        var user = await NewUserAsync();

        var subjects = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var client in new[] { One, Sibling, Named, Other, Seed.FirstParty })
        {
            var (tokens, claims) = await SignInAsync(client, user);
            var subject = TestBrowser.ClaimsOf(tokens.IdToken).GetProperty("sub").GetString()!;
            Assert.Equal(subject, TestBrowser.ClaimsOf(tokens.AccessToken).GetProperty("sub").GetString());
            Assert.Equal(subject, claims.GetProperty("sub").GetString());   // OIDC Core §5.3.2
            subjects[client.ClientId] = subject;
        }

        Assert.Equal(user.Subject, subjects[Seed.FirstParty.ClientId]);
        Assert.Equal(subjects["one"], subjects["sibling"]);
        Assert.Equal(subjects["one"], subjects["named"]);
        Assert.Equal(3, subjects.Values.Distinct().Count());
        Assert.NotEqual(subjects["one"], await SubjectAsync(One, await NewUserAsync()));
    }

    // Local look-ups use the real subject and session; nothing that goes to the client says either.
    [Fact]
    public async Task Neither_the_real_subject_nor_the_session_is_in_anything_that_the_client_gets()
    {
        var user = await NewUserAsync();
        using var browser = await app.NewSessionAsync(user);
        var answer = await browser.AuthorizeAsync(TestBrowser.Request(One));
        var first = await browser.RedeemAsync(One, Walk.CodeOf(answer)!);
        var second = await browser.RefreshAsync(One, first.RefreshToken);
        var info = await (await browser.UserInfoAsync(second.AccessToken)).Content.ReadAsStringAsync();
        var session = await QueryAsync("select id::text from sessions where subject = @Subject", user);
        var sid = TestBrowser.ClaimsOf(first.IdToken).GetProperty("sid").GetString()!;

        foreach (var told in new[] { answer.Headers.Location!.OriginalString, first.Body.GetRawText(), second.Body.GetRawText(), info }
            .Concat(new[] { first.IdToken, first.AccessToken, second.IdToken, second.AccessToken }.Select(token => TestBrowser.ClaimsOf(token).GetRawText())))
        {
            Assert.DoesNotContain(user.Subject, told, StringComparison.Ordinal);
            Assert.DoesNotContain(session, told, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(session.Replace("-", "", StringComparison.Ordinal), told, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal(sid, TestBrowser.ClaimsOf(second.IdToken).GetProperty("sid").GetString());
        Assert.Equal(TestBrowser.ClaimsOf(first.IdToken).GetProperty("sub").GetString(), TestBrowser.ClaimsOf(second.IdToken).GetProperty("sub").GetString());
        Assert.NotEqual(sid, TestBrowser.ClaimsOf((await browser.RedeemAsync(Other, Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(Other)))!)).IdToken).GetProperty("sid").GetString());
    }

    // OIDC Core §3.1.2.1: hints are in the client's words
    [Fact]
    public async Task A_hint_finds_the_user_again_for_clients_of_its_sector_and_for_nobody_else()
    {
        var (user, stranger) = (await NewUserAsync(), await NewUserAsync());
        using var browser = await app.NewSessionAsync(user);
        async Task<string> HintAsync(Client client) => (await browser.RedeemAsync(client, Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(client)))!)).IdToken;
        async Task<string?> TryAsync(Client client, string hint) =>
            Walk.ErrorOf(await browser.AuthorizeAsync(TestBrowser.Request(client).With("prompt", "none").With("id_token_hint", hint)));
        var (ofOne, ofOther, ofPublic) = (await HintAsync(One), await HintAsync(Other), await HintAsync(Seed.FirstParty));

        Assert.Null(await TryAsync(One, ofOne));
        Assert.Null(await TryAsync(Sibling, ofOne));
        Assert.Null(await TryAsync(Seed.FirstParty, ofPublic));

        // else two sectors that show each other their tokens would learn that it is the same person
        Assert.Equal("login_required", await TryAsync(Other, ofOne));
        Assert.Equal("login_required", await TryAsync(One, ofOther));
        Assert.Equal("login_required", await TryAsync(One, ofPublic));
        Assert.Equal("login_required", await TryAsync(Seed.FirstParty, ofOne));

        using var strangers = await app.NewSessionAsync(stranger);
        var page = await strangers.OpenAsync(TestBrowser.Request(One).With("id_token_hint", ofOne));
        Assert.Equal("/login", Walk.PathOf(page));
        Assert.Equal("login_required", Walk.ErrorOf(await strangers.SignInAtAsync(page, stranger)));
        Assert.NotNull(Walk.CodeOf(await strangers.SignInAtAsync(await strangers.OpenAsync(TestBrowser.Request(One).With("id_token_hint", ofOne)), user)));
    }

    // OIDC Core §5.5.1
    [Fact]
    public async Task A_sub_asked_for_by_value_is_the_clients_name_for_the_user_and_never_the_real_one()
    {
        var user = await NewUserAsync();
        var (one, other) = (await SubjectAsync(One, user), await SubjectAsync(Other, user));
        using var browser = await app.NewSessionAsync(user);
        async Task<string?> TryAsync(Client client, string subject) => Walk.ErrorOf(await browser.AuthorizeAsync(
            TestBrowser.Request(client).With("prompt", "none").With("claims", JsonSerializer.Serialize(new { id_token = new { sub = new { value = subject } } }))));

        Assert.Null(await TryAsync(One, one));
        Assert.Null(await TryAsync(Other, other));
        Assert.Equal("login_required", await TryAsync(One, other));
        Assert.Equal("login_required", await TryAsync(One, user.Subject));
        Assert.Equal("login_required", await TryAsync(Seed.FirstParty, one));
    }

    // OIDC Core §12.2: the sub of a family never changes, so a family ends where it would have to
    [Fact]
    public async Task A_client_that_becomes_pairwise_or_changes_its_sector_begins_anew_with_everybody()
    {
        var client = Seed.FirstParty with { ClientId = "changing", RedirectUris = ["https://changing.example/cb", "https://moved.example/cb"] };
        await app.SaveAsync(client);
        var user = await NewUserAsync();
        var names = new List<string>();
        foreach (var next in new[]
        {
            client with { SubjectType = "pairwise", SectorIdentifierUri = "https://changing.example/uris.json" },
            client with { SubjectType = "pairwise", SectorIdentifierUri = "https://moved.example/uris.json" },
            client,
        })
        {
            var (tokens, _) = await SignInAsync(client, user);
            names.Add(TestBrowser.ClaimsOf(tokens.IdToken).GetProperty("sub").GetString()!);
            using var browser = app.CreateBrowser();

            await app.SaveAsync(next);

            Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RefreshAsync(next, tokens.RefreshToken)).Verdict);
            Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(tokens.AccessToken));
            client = next;
        }

        names.Add(await SubjectAsync(client, user));
        Assert.Equal([user.Subject, user.Subject], new[] { names[0], names[3] });
        Assert.Equal(3, names.Distinct().Count());
    }

    [Fact]
    public async Task Of_a_code_that_waited_while_the_client_became_pairwise_nothing_comes()
    {
        var client = Seed.FirstParty with { ClientId = "in-between", RedirectUris = ["https://between.example/cb"] };
        await app.SaveAsync(client);
        using var browser = await app.NewSessionAsync(await NewUserAsync());
        var code = Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(client)))!;

        await app.SaveAsync(client with { SubjectType = "pairwise" });

        Assert.Equal(TokenAnswer.InvalidGrant, (await browser.RedeemAsync(client, code)).Verdict);
    }

    [Fact]
    public async Task Another_node_gives_the_same_names()
    {
        var user = await NewUserAsync();
        var here = await SubjectAsync(One, user);
        await using var node = app.StartSecondNode();
        using var browser = app.CreateBrowser(node);

        var there = await browser.BeginAsync(One, username: user.Username);

        Assert.Equal(here, TestBrowser.ClaimsOf(there.IdToken).GetProperty("sub").GetString());
    }

    [Fact]
    public async Task The_secret_is_made_once_kept_under_the_master_key_and_opened_by_no_other()
    {
        var store = app.Get<PairwiseSecretStore>();
        var kept = await store.FindAsync(TestContext.Current.CancellationToken);
        Assert.True(app.Get<KeyEncryption>().TryDecrypt(kept, "pairwise subjects", out var secret));
        Assert.Equal(32, secret.Length);
        Assert.True(secret.Distinct().Count() > 8);
        Assert.False(app.Get<KeyEncryption>().TryDecrypt(kept, "signing key", out _));

        await store.AddAsync(app.Get<KeyEncryption>().Encrypt(new byte[32], "pairwise subjects"), app.Time!.GetUtcNow(), TestContext.Current.CancellationToken);   // a server that comes second
        Assert.Equal(kept, await store.FindAsync(TestContext.Current.CancellationToken));

        var stranger = new AuthCore.Features.PairwiseSubjects.PairwiseSubjects(store, new KeyEncryption(new byte[] { 1 }.Concat(new byte[31]).ToArray()), app.Time);
        var fault = await Assert.ThrowsAsync<StartupException>(() => stranger.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("AUTHCORE__MASTERKEY", fault.Message, StringComparison.Ordinal);
        Assert.Equal(kept, await store.FindAsync(TestContext.Current.CancellationToken));
    }

    // No name is better than one that the real subject can be read from, or that sectors share.
    [Fact]
    public async Task A_client_of_no_sector_gets_nothing()
    {
        var client = One with { ClientId = "nowhere", RedirectUris = ["http://127.0.0.1/cb"] };   // past every rule, by hand
        await app.SaveAsync(client);
        using var browser = await app.NewSessionAsync(await NewUserAsync());

        var answer = await browser.AuthorizeAsync(TestBrowser.Request(client));

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    [Proves("subject_types_supported", "public", "pairwise")]
    public async Task Each_subject_type_advertised_works_and_others_are_refused()
    {
        using var http = app.CreateClient();
        var types = JsonElement.Parse(await http.GetStringAsync(app.Issuer + DiscoveryTests.OpenId)).GetProperty("subject_types_supported").EnumerateArray().Select(type => type.GetString()!).ToArray();
        Assert.Equal(["pairwise", "public"], types.Order(StringComparer.Ordinal));

        var rules = new ClientMetadataRules(app.Get<ServerCapabilities>(), One.Scope, One.Resources);
        Assert.All(types, type => Assert.True(rules.Validate(One with { SubjectType = type }).IsValid));
        Assert.All(new[] { "Pairwise", "ephemeral", "" }, type => Assert.False(rules.Validate(One with { SubjectType = type }).IsValid));
        Assert.True(rules.Validate(Named).IsValid);
        Assert.False(rules.Validate(Named with { SectorIdentifierUri = null }).IsValid);
    }

    private async Task<User> NewUserAsync()
    {
        foreach (var client in new[] { One, Sibling, Other, Named })
        {
            await app.SaveAsync(client);
        }

        return await app.NewUserAsync();
    }

    private async Task<string> SubjectAsync(Client client, User user) => TestBrowser.ClaimsOf((await SignInAsync(client, user)).Tokens.IdToken).GetProperty("sub").GetString()!;

    private async Task<(TokenAnswer Tokens, JsonElement UserInfo)> SignInAsync(Client client, User user)
    {
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(client, username: user.Username);
        return (tokens, JsonElement.Parse(await (await browser.UserInfoAsync(tokens.AccessToken)).Content.ReadAsStringAsync()));
    }

    private async Task<string> QueryAsync(string sql, User user)
    {
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        return await connection.QuerySingleAsync<string>(sql, new { user.Subject });
    }
}
