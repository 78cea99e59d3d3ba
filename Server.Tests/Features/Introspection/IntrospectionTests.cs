using System.Text.Json;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Introspection;

/// <summary>RFC 7662: what is told of a token, and to whom.</summary>
public sealed class IntrospectionTests(IntrospectionServer server) : IClassFixture<IntrospectionServer>
{
    private const string Inactive = """{"active":false}""";

    private static readonly Client s_app = IntrospectionServer.App;
    private static readonly Client s_filesApi = IntrospectionServer.FilesApi;
    private static readonly Client s_mailApi = IntrospectionServer.MailApi;
    private static readonly string s_files = IntrospectionServer.Files.Identifier;
    private static readonly string s_mail = IntrospectionServer.Mail.Identifier;

    private static readonly Guid s_nowhere = new("01980000-0000-7000-8000-000000000001");

    private AuthCoreApp Core => server.Core;

    [Fact]
    public async Task An_access_token_of_any_form_is_told_whole_to_its_own_client()
    {
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(s_app, format);
            var user = await Core.NewUserAsync();
            var token = (await server.BeginAsync(client, "openid profile read:files", s_files, user)).AccessToken;

            var answer = await server.ReadAsync(client, token);

            Assert.Equal(
                ["active", "scope", "client_id", "username", "token_type", "exp", "iat", "sub", "aud", "iss", "jti", "auth_time", "acr", "amr"],
                answer.EnumerateObject().Select(member => member.Name));
            Assert.True(answer.GetProperty("active").GetBoolean());
            Assert.Equal("openid profile read:files", Text(answer, "scope"));
            Assert.Equal(client.ClientId, Text(answer, "client_id"));
            Assert.Equal(user.Username, Text(answer, "username"));
            Assert.Equal("Bearer", Text(answer, "token_type"));
            Assert.Equal(user.Subject, Text(answer, "sub"));
            Assert.Equal([s_files, Core.Issuer], answer.GetProperty("aud").EnumerateArray().Select(entry => entry.GetString()));
            Assert.Equal(Core.Issuer, Text(answer, "iss"));
            var now = Core.Time!.GetUtcNow().ToUnixTimeSeconds();
            Assert.Equal((now, now + 900, now), (Number(answer, "iat"), Number(answer, "exp"), Number(answer, "auth_time")));
            Assert.Equal("urn:authcore:acr:1", Text(answer, "acr"));
            Assert.Equal("pwd", answer.GetProperty("amr").EnumerateArray().Single().GetString());
        }
    }

    [Fact]
    public async Task What_is_told_of_a_jwt_is_what_it_says_itself()
    {
        var token = (await server.BeginAsync(s_app, "openid profile read:files", s_files)).AccessToken;
        var claims = TestBrowser.ClaimsOf(token);

        var answer = await server.ReadAsync(s_app, token);

        foreach (var name in new[] { "scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti", "auth_time", "acr", "amr" })
        {
            Assert.True(JsonElement.DeepEquals(claims.GetProperty(name), answer.GetProperty(name)), name);
        }

        Assert.False(answer.TryGetProperty("gid", out _));   // ours alone
    }

    [Fact]
    public async Task A_token_without_a_person_tells_of_none()
    {
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(IntrospectionServer.Job, format);
            var token = (await server.MachineAsync(client, s_files)).AccessToken;

            var answer = await server.ReadAsync(client, token);

            Assert.Equal(
                ["active", "scope", "client_id", "token_type", "exp", "iat", "sub", "aud", "iss", "jti"], answer.EnumerateObject().Select(member => member.Name));
            Assert.Equal((client.ClientId, client.ClientId, s_files, "read:files"), (Text(answer, "sub"), Text(answer, "client_id"), Text(answer, "aud"), Text(answer, "scope")));
            Assert.Equal(3600, Number(answer, "exp") - Number(answer, "iat"));
        }
    }

    [Fact]
    public async Task The_username_is_told_only_where_the_scope_tells_it()
    {
        var token = (await server.BeginAsync(s_app, "openid email")).AccessToken;

        Assert.False((await server.ReadAsync(s_app, token)).TryGetProperty("username", out _));
    }

    // RFC 7662 §2.2: "an authorization server MAY respond differently to different protected resources"
    [Fact]
    public async Task An_api_is_told_of_its_own_tokens_and_of_the_scopes_that_it_understands()
    {
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(s_app, format);
            var token = (await server.BeginAsync(client, "openid profile read:files", s_files)).AccessToken;

            var answer = await server.ReadAsync(s_filesApi, token);

            Assert.Equal("read:files", Text(answer, "scope"));
            Assert.Equal(client.ClientId, Text(answer, "client_id"));
            Assert.False(answer.TryGetProperty("username", out _));
            Assert.Equal(Inactive, await server.TextAsync(s_mailApi, token));
        }
    }

    [Fact]
    public async Task An_api_whose_entry_lists_no_scopes_is_told_of_all()
    {
        var token = (await server.BeginAsync(s_app, "openid profile", s_mail)).AccessToken;

        Assert.Equal("openid profile", Text(await server.ReadAsync(s_mailApi, token), "scope"));
        Assert.Equal(Inactive, await server.TextAsync(s_filesApi, token));
    }

    [Fact]
    public async Task Nobody_else_is_told_anything()
    {
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(s_app, format);
            var tokens = await server.BeginAsync(client, "openid profile offline_access read:files", s_files);
            var own = (await server.BeginAsync(client)).AccessToken;   // for ourselves alone: no api's

            foreach (var other in new[] { Seed.Web, Seed.Post, Seed.Machine, IntrospectionServer.Job, s_mailApi })
            {
                Assert.Equal(Inactive, await server.TextAsync(other, tokens.AccessToken));
                Assert.Equal(Inactive, await server.TextAsync(other, tokens.RefreshToken));
                Assert.Equal(Inactive, await server.TextAsync(other, own));
            }

            Assert.Equal(Inactive, await server.TextAsync(s_filesApi, own));
        }
    }

    [Fact]
    public async Task A_refresh_token_is_told_to_its_own_client_and_to_no_api()
    {
        var user = await Core.NewUserAsync();
        var token = (await server.BeginAsync(s_app, "openid profile offline_access read:files", s_files, user)).RefreshToken;

        var answer = await server.ReadAsync(s_app, token);

        Assert.Equal(["active", "scope", "client_id", "exp", "sub", "aud", "iss", "auth_time", "acr", "amr"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("openid profile offline_access read:files", s_app.ClientId, user.Subject), (Text(answer, "scope"), Text(answer, "client_id"), Text(answer, "sub")));
        Assert.Equal((Core.Issuer, Core.Issuer), (Text(answer, "aud"), Text(answer, "iss")));
        Assert.Equal(30 * 86_400, Number(answer, "exp") - Core.Time!.GetUtcNow().ToUnixTimeSeconds());
        Assert.Equal(Inactive, await server.TextAsync(s_filesApi, token));
    }

    [Fact]
    public async Task A_spent_refresh_token_is_not_active_and_its_successor_is()
    {
        using var browser = Core.CreateBrowser();
        var first = (await server.BeginAsync(s_app)).RefreshToken;
        var second = (await browser.RefreshAsync(s_app, first)).RefreshToken;

        Assert.Equal(Inactive, await server.TextAsync(s_app, first));
        Assert.True((await server.ReadAsync(s_app, second)).GetProperty("active").GetBoolean());

        // asking spends nothing
        Assert.Equal(TokenAnswer.Ok, (await browser.RefreshAsync(s_app, second)).Verdict);
    }

    [Fact]
    public async Task What_is_no_live_token_of_ours_is_not_active_and_nothing_more_is_said()
    {
        using var browser = Core.CreateBrowser();
        var tokens = await server.BeginAsync(s_app, "openid profile offline_access");
        var code = await browser.GetCodeAsync(s_app);
        var access = tokens.AccessToken;
        var parts = access.Split('.');
        foreach (var bad in new[]
        {
            "x", " ", "a.b.c", "..", "null", "%00", new string('a', 16_000), access[..^1], access + "A", access + " ", " " + access, access + "." + parts[2], parts[1], access.ToUpperInvariant(),
            $"{Walk.Base64Url("{\"alg\":\"none\",\"typ\":\"at+jwt\"}")}.{parts[1]}.", tokens.IdToken, code, tokens.RefreshToken[..^1], tokens.RefreshToken + "A",
            tokens.RefreshToken.Replace("ac_rt_", "ac_at_", StringComparison.Ordinal), tokens.RefreshToken.Replace("ac_rt_", "ac_code_", StringComparison.Ordinal),
            Handle.Create(HandleKind.RefreshToken, s_nowhere).Value, Handle.Create(HandleKind.AccessToken, s_nowhere).Value,
            Handle.Create(HandleKind.AccessToken, TokenSteps.GrantOf(tokens.RefreshToken)).Value, Handle.Create(HandleKind.RefreshToken, TokenSteps.GrantOf(tokens.RefreshToken)).Value,
            Handle.Create(HandleKind.Session, s_nowhere).Value, AuthCoreApp.Secret,
        })
        {
            Assert.Equal(Inactive, await server.TextAsync(s_app, bad));
        }
    }

    [Fact]
    public async Task A_token_is_active_until_its_second_and_not_beyond()
    {
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(s_app with { RefreshTokenIdleLifetime = 1200 }, format);
            var tokens = await server.BeginAsync(client);

            Core.Time!.Advance(TimeSpan.FromSeconds(899));
            Assert.NotEqual(Inactive, await server.TextAsync(client, tokens.AccessToken));
            Core.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(Inactive, await server.TextAsync(client, tokens.AccessToken));

            Core.Time.Advance(TimeSpan.FromSeconds(299));
            Assert.NotEqual(Inactive, await server.TextAsync(client, tokens.RefreshToken));
            Core.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(Inactive, await server.TextAsync(client, tokens.RefreshToken));
        }
    }

    [Fact]
    public async Task When_the_family_is_over_so_is_every_token_of_it()
    {
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(s_app, format);
            var tokens = await server.BeginAsync(client, "openid profile offline_access read:files", s_files);

            await Core.Get<GrantStore>().RevokeAsync(TokenSteps.GrantOf(tokens.RefreshToken), "test", Core.Time!.GetUtcNow(), CancellationToken.None);

            Assert.Equal(Inactive, await server.TextAsync(client, tokens.AccessToken));
            Assert.Equal(Inactive, await server.TextAsync(client, tokens.RefreshToken));
            Assert.Equal(Inactive, await server.TextAsync(s_filesApi, tokens.AccessToken));
        }
    }

    [Fact]
    public async Task A_disabled_users_tokens_are_not_active_on_any_server()
    {
        await using var node = Core.StartSecondNode();
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(s_app, format);
            var user = await Core.NewUserAsync();
            var tokens = await server.BeginAsync(client, user: user);
            Assert.NotEqual(Inactive, await server.TextAsync(client, tokens.AccessToken, node));

            await Core.SaveAsync(user with { DisabledAt = Core.Time!.GetUtcNow() });

            foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken })
            {
                Assert.Equal(Inactive, await server.TextAsync(client, token));
                Assert.Equal(Inactive, await server.TextAsync(client, token, node));
            }
        }
    }

    [Fact]
    public async Task A_disabled_clients_tokens_are_not_active_within_a_second_on_every_server()
    {
        await using var node = Core.StartSecondNode();
        foreach (var format in server.Formats)
        {
            var (client, job) = (await server.InFormAsync(s_app, format), await server.InFormAsync(IntrospectionServer.Job, format));
            var token = (await server.BeginAsync(client, "openid read:files", s_files)).AccessToken;
            var machine = (await server.MachineAsync(job, s_files)).AccessToken;
            Assert.NotEqual(Inactive, await server.TextAsync(s_filesApi, token, node));
            Assert.NotEqual(Inactive, await server.TextAsync(s_filesApi, machine, node));

            await Core.SaveAsync(client with { DisabledAt = Core.Time!.GetUtcNow() });
            await Core.SaveAsync(job with { DisabledAt = Core.Time.GetUtcNow() });
            var since = TimeProvider.System.GetTimestamp();

            Assert.Equal(Inactive, await server.TextAsync(s_filesApi, token));
            Assert.Equal(Inactive, await server.TextAsync(s_filesApi, machine));
            while (await server.TextAsync(s_filesApi, token, node) != Inactive || await server.TextAsync(s_filesApi, machine, node) != Inactive)
            {
                Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(1), "still active on the other server");
            }
        }
    }

    [Fact]
    public async Task After_signing_out_only_what_was_granted_offline_is_active()
    {
        using var browser = Core.CreateBrowser();
        await browser.SignInAsync((await Core.NewUserAsync()).Username);
        var offline = await browser.RedeemAsync(s_app, Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(s_app, "openid offline_access")))!);
        var online = await browser.RedeemAsync(s_app, Walk.CodeOf(await browser.AuthorizeAsync(TestBrowser.Request(s_app, "openid")))!);
        Assert.NotEqual(Inactive, await server.TextAsync(s_app, online.AccessToken));

        await browser.SignOutAsync();

        Assert.Equal(Inactive, await server.TextAsync(s_app, online.AccessToken));
        Assert.NotEqual(Inactive, await server.TextAsync(s_app, offline.AccessToken));
        Assert.NotEqual(Inactive, await server.TextAsync(s_app, offline.RefreshToken));
    }

    [Fact]
    public async Task What_a_client_may_no_longer_ask_for_is_not_active()
    {
        foreach (var format in server.Formats)
        {
            var (client, job) = (await server.InFormAsync(s_app, format), await server.InFormAsync(IntrospectionServer.Job, format));
            var tokens = await server.BeginAsync(client, "openid offline_access read:files");
            var (scoped, aimed) = ((await server.MachineAsync(job)).AccessToken, (await server.MachineAsync(job, s_mail)).AccessToken);
            Assert.NotEqual(Inactive, await server.TextAsync(job, scoped));

            await Core.SaveAsync(client with { GrantTypes = ["authorization_code"] });
            Assert.Equal(Inactive, await server.TextAsync(client, tokens.RefreshToken));
            Assert.NotEqual(Inactive, await server.TextAsync(client, tokens.AccessToken));
            await Core.SaveAsync(client with { Scope = ["openid", "offline_access"] });
            Assert.Equal(Inactive, await server.TextAsync(client, tokens.AccessToken));
            Assert.Equal(Inactive, await server.TextAsync(client, tokens.RefreshToken));

            await Core.SaveAsync(job with { Resources = [s_files] });
            Assert.Equal(Inactive, await server.TextAsync(job, aimed));
            Assert.NotEqual(Inactive, await server.TextAsync(job, scoped));
            await Core.SaveAsync(job with { Scope = [] });
            Assert.Equal(Inactive, await server.TextAsync(job, scoped));
        }
    }

    [Fact]
    public async Task An_api_that_is_no_longer_named_is_told_nothing_within_a_second_on_every_server()
    {
        await using var node = Core.StartSecondNode();
        var resource = new ResourceDefinition { Identifier = "https://closing.test", Name = "Closing", IntrospectionClients = [s_filesApi.ClientId] };
        await server.SaveAsync(resource);
        var client = s_app with { ClientId = "closing", Resources = [resource.Identifier] };
        await Core.SaveAsync(client);
        var token = (await server.BeginAsync(client, "openid", resource.Identifier)).AccessToken;
        Assert.NotEqual(Inactive, await server.TextAsync(s_filesApi, token));
        Assert.NotEqual(Inactive, await server.TextAsync(s_filesApi, token, node));

        await server.SaveAsync(resource with { IntrospectionClients = [] });
        var since = TimeProvider.System.GetTimestamp();

        Assert.Equal(Inactive, await server.TextAsync(s_filesApi, token));
        while (await server.TextAsync(s_filesApi, token, node) != Inactive)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(1), "still told on the other server");
        }
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    [InlineData("id_token")]
    [InlineData("nonsense")]
    public async Task A_hint_is_a_hint(string hint)
    {
        var tokens = await server.BeginAsync(s_app);

        foreach (var token in new[] { tokens.AccessToken, tokens.RefreshToken })
        {
            var answer = await server.SendAsync(s_app, [new("token", token), new("token_type_hint", hint)]);
            Assert.True(JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("active").GetBoolean());
        }
    }

    [Fact]
    public async Task One_question_is_one_read()
    {
        using var statements = new Statements(Core.ConnectionString);
        foreach (var format in server.Formats)
        {
            var client = await server.InFormAsync(s_app, format);
            var tokens = await server.BeginAsync(client, "openid offline_access read:files", s_files);

            Assert.Single(await statements.OfAsync(() => server.TextAsync(s_filesApi, tokens.AccessToken)));
            Assert.Single(await statements.OfAsync(() => server.TextAsync(client, tokens.AccessToken)));
            Assert.Single(await statements.OfAsync(() => server.TextAsync(client, tokens.RefreshToken)));
        }
    }

    private static string? Text(JsonElement answer, string name) => answer.GetProperty(name).GetString();

    private static long Number(JsonElement answer, string name) => answer.GetProperty(name).GetInt64();
}
