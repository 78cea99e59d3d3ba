using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Endpoints;

/// <summary>A key an algorithm, made when it is first needed, once for all servers; and no server that does not know it.</summary>
public sealed class SigningAlgorithmTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Dictionary<string, string> s_request = new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    public async Task Each_algorithm_signs_tokens_that_come_back_and_hashes_as_it_signs(string alg)
    {
        var (client, api) = await UseAsync(alg);
        using var browser = app.CreateBrowser();
        var code = Walk.CodeOf(await browser.CompleteAsync(TestBrowser.Request(client).With("resource", api)))!;

        var tokens = await browser.RedeemAsync(client, code);

        Assert.Equal((alg, alg), (HeaderOf(tokens.IdToken, "alg"), HeaderOf(tokens.AccessToken, "alg")));
        var bytes = Encoding.ASCII.GetBytes(tokens.AccessToken);
        var hash = alg == "ES384" ? SHA384.HashData(bytes) : SHA256.HashData(bytes);   // OIDC Core §3.1.3.6
        Assert.Equal(CanonicalBase64Url.Encode(hash.AsSpan(0, hash.Length / 2)), TestBrowser.ClaimsOf(tokens.IdToken).GetProperty("at_hash").GetString());
        Assert.Equal(HttpStatusCode.OK, await browser.UserInfoStatusAsync(tokens.AccessToken));
        var hinted = TestBrowser.Request(client).With("resource", api).With("prompt", "none").With("id_token_hint", tokens.IdToken);
        Assert.NotNull(Walk.CodeOf(await browser.AuthorizeAsync(hinted)));
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(tokens.IdToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.UserInfoStatusAsync(tokens.AccessToken[..^6] + "AAAAAA"));
    }

    [Fact]
    public async Task A_key_is_not_made_until_it_is_needed_and_published_when_it_first_signs()
    {
        await ForgetAsync("ES384");
        Assert.DoesNotContain("ES384", await PublishedAsync());
        var (client, _) = await UseAsync("ES384");

        using var browser = app.CreateBrowser();
        var token = (await browser.GetTokensAsync(client)).GetProperty("id_token").GetString()!;

        Assert.Contains(HeaderOf(token, "kid"), await PublishedAsync("kid"));
        Assert.Single(await PublishedAsync(), "ES384");
    }

    [Fact]
    public async Task A_key_that_somebody_chose_is_published_by_a_server_from_its_start()
    {
        await ForgetAsync("PS256");
        await app.SaveAsync(Seed.Api with { Identifier = "https://api-at-start.test", SigningAlg = "PS256" });

        await using var node = app.StartSecondNode();

        Assert.Contains("PS256", await PublishedAsync(node: node));
    }

    [Fact]
    public async Task A_token_signed_elsewhere_a_moment_ago_with_a_new_key_is_accepted_at_once()
    {
        await ForgetAsync("PS256");
        await using var node = app.StartSecondNode();
        Assert.DoesNotContain("PS256", await PublishedAsync(node: node));
        var (client, api) = await UseAsync("PS256");
        client = client with { ClientId = "elsewhere", IdTokenSignedResponseAlg = "RS256" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        var code = Walk.CodeOf(await browser.CompleteAsync(TestBrowser.Request(client).With("resource", api)))!;

        var tokens = await browser.RedeemAsync(client, code);

        Assert.Equal("PS256", HeaderOf(tokens.AccessToken, "alg"));
        Assert.Equal(HttpStatusCode.OK, await there.UserInfoStatusAsync(tokens.AccessToken));
    }

    [Fact]
    public async Task A_key_made_elsewhere_is_published_within_a_second()
    {
        await ForgetAsync("ES384");
        await using var node = app.StartSecondNode();
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 500;)
        {
            Assert.DoesNotContain("ES384", await PublishedAsync(node: node));   // and the server listens, for somebody asks
        }

        await app.Get<SigningKeys>().ActiveAsync("ES384", CancellationToken.None);
        var since = Stopwatch.StartNew();
        while (!(await PublishedAsync(node: node)).Contains("ES384"))
        {
            Assert.InRange(since.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        }
    }

    // Both have found none, both have made one, both are about to store it: one is stored.
    [Fact]
    public async Task Two_servers_that_need_a_key_at_once_end_with_the_same()
    {
        await ForgetAsync("ES384");
        await using var node = app.StartSecondNode();
        var (here, there) = (app.Get<SigningKeys>(), (SigningKeys)node.Services.GetService(typeof(SigningKeys))!);
        await using var rival = await RowLock.TakeAsync(
            app.ConnectionString, "insert into signing_keys (kid, alg, private_key, created_at) values (@id::text, 'ES384', '', now()) returning kid", Guid.CreateVersion7(app.Time!.GetUtcNow()));

        var made = new[] { here, there, here }.Select(keys => keys.ActiveAsync("ES384", CancellationToken.None).AsTask()).ToArray();
        await rival.WaitersAsync(2);
        await rival.ReleaseAsync();

        Assert.Single((await Task.WhenAll(made)).Select(key => key.Kid).Distinct());
        Assert.Equal(1, await CountAsync("ES384"));
    }

    // Whoever sends names of keys that nobody has must not keep the database busy.
    [Fact]
    public async Task Names_that_nobody_has_are_looked_for_together_and_not_without_a_pause()
    {
        var keys = app.Get<SigningKeys>();
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync("lock table signing_keys in access exclusive mode", transaction: transaction);
            var found = Enumerable.Range(0, 50).Select(_ => keys.FindAsync(StrangeKid(), CancellationToken.None).AsTask()).ToArray();
            await Task.Delay(200, TestContext.Current.CancellationToken);
            var waiting = await connection.QuerySingleAsync<int>(
                "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", transaction: transaction);
            await transaction.CommitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(1, waiting);
            Assert.All(await Task.WhenAll(found), Assert.Null);
        }

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 4; i++)
        {
            Assert.Null(await keys.FindAsync(StrangeKid(), CancellationToken.None));
        }

        Assert.True(clock.Elapsed > TimeSpan.FromMilliseconds(290), $"four readings within {clock.Elapsed}");
    }

    [Fact]
    public async Task Without_a_database_a_name_like_ours_is_a_fault_another_is_nobodys_and_what_is_known_stays_known()
    {
        await using var gone = Database.Open("Host=127.0.0.1;Port=1;Database=none;Username=none");
        using var feed = new ChangeFeed(gone, Microsoft.Extensions.Logging.Abstractions.NullLogger<ChangeFeed>.Instance);
        using var keys = new SigningKeys(new SigningKeyStore(gone), app.Get<KeyEncryption>(), feed, app.Time!);

        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await keys.FindAsync(StrangeKid(), CancellationToken.None));
        Assert.Null(await keys.FindAsync("a key of somebody else", CancellationToken.None));
        Assert.Null(await keys.FindAsync(null, CancellationToken.None));
        Assert.Empty(JsonElement.Parse(await keys.GetJwkSetAsync(CancellationToken.None)).GetProperty("keys").EnumerateArray());
        await Assert.ThrowsAsync<StorageUnavailableException>(async () => await keys.ActiveAsync("ES384", CancellationToken.None));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES512")]
    [InlineData("rs256")]
    [InlineData("")]
    public async Task No_key_is_made_for_another_algorithm(string alg)
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await app.Get<SigningKeys>().ActiveAsync(alg, CancellationToken.None));

        Assert.Equal(0, await CountAsync(alg));
    }

    [Fact]
    public async Task A_key_is_stored_encrypted()
    {
        await app.Get<SigningKeys>().ActiveAsync("PS256", CancellationToken.None);
        await using var connection = new NpgsqlConnection(app.ConnectionString);

        var stored = await connection.QuerySingleAsync<byte[]>("select private_key from signing_keys where alg = 'PS256'");

        using var rsa = RSA.Create();
        Assert.ThrowsAny<CryptographicException>(() => rsa.ImportPkcs8PrivateKey(stored, out _));
    }

    // A client whose ID tokens, and an API whose access tokens, are signed so.
    private async Task<(Client Client, string Api)> UseAsync(string alg)
    {
        var api = Seed.Api with { Identifier = $"https://api-{alg.ToLowerInvariant()}.test", SigningAlg = alg };
        await app.SaveAsync(api);
        var client = Seed.FirstParty with { ClientId = $"alg-{alg}", IdTokenSignedResponseAlg = alg, Resources = [api.Identifier] };
        await app.SaveAsync(client);
        return (client, api.Identifier);
    }

    // As if nobody had ever chosen it.
    private async Task ForgetAsync(string alg)
    {
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        await connection.ExecuteAsync(
            """
            delete from resources where signing_alg = @alg;
            delete from clients where id_token_signed_response_alg = @alg;
            delete from signing_keys where alg = @alg
            """,
            new { alg });
        await app.Get<SigningKeys>().LoadAsync([], CancellationToken.None);
    }

    private async Task<int> CountAsync(string alg)
    {
        await using var connection = new NpgsqlConnection(app.ConnectionString);
        return await connection.QuerySingleAsync<int>("select count(*)::int from signing_keys where alg = @alg", new { alg });
    }

    private async Task<string[]> PublishedAsync(string member = "alg", Microsoft.AspNetCore.Mvc.Testing.WebApplicationFactory<Program>? node = null)
    {
        using var http = app.CreateClient(node);
        return [.. JsonElement.Parse(await http.GetStringAsync(app.Issuer + "/jwks")).GetProperty("keys").EnumerateArray().Select(key => key.GetProperty(member).GetString()!)];
    }

    private static string HeaderOf(string jwt, string member) => JsonElement.Parse(CanonicalBase64Url.Decode(jwt.Split('.')[0])!).GetProperty(member).GetString()!;

    private static string StrangeKid() => CanonicalBase64Url.Encode(RandomNumberGenerator.GetBytes(32));
}
