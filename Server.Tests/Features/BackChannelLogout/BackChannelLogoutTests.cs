using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Dapper;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace AuthCore.Tests.Features.BackChannelLogout;

/// <summary>OpenID Connect Back-Channel Logout 1.0, against applications that answer as they like.</summary>
public sealed class BackChannelLogoutTests(LogoutServer server) : IClassFixture<LogoutServer>
{
    private AuthCoreApp App => server.App;

    private Receiver Receiver => server.Receiver;

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    [Proves("backchannel_logout_supported", "true")]
    [Proves("backchannel_logout_session_supported", "true")]
    public async Task Each_application_of_the_session_and_no_other_gets_a_token_that_its_keys_verify(string alg)
    {
        var (one, two, other) = (await server.NewClientAsync(alg), await server.NewClientAsync(alg), await server.NewClientAsync(alg));
        var (browser, user, session) = await server.SignInAsync(one, two);
        var (elsewhere, _, _) = await server.SignInAsync(other);

        await LogoutServer.SignOutAsync(browser);

        foreach (var client in new[] { one, two })
        {
            var received = await Receiver.NextAsync("/" + client.ClientId);
            Assert.Equal("application/x-www-form-urlencoded", received.ContentType);
            var token = new JsonWebToken(received.Token);
            Assert.Equal((alg, "logout+jwt"), (token.Alg, token.Typ));
            var validated = new JsonWebTokenHandler().ValidateToken(received.Token, new TokenValidationParameters
            {
                ValidIssuer = App.Issuer, ValidAudience = client.ClientId, ValidTypes = ["logout+jwt"], ValidateLifetime = false,
                IssuerSigningKeys = new JsonWebKeySet(await browser.Http.GetStringAsync(App.Issuer + "/jwks")).GetSigningKeys(),
            });
            Assert.True(validated.IsValid, validated.Exception?.ToString());
            var claims = TestBrowser.ClaimsOf(received.Token);
            Assert.Equal(["aud", "events", "exp", "iat", "iss", "jti", "sid", "sub"], claims.EnumerateObject().Select(claim => claim.Name).Order(StringComparer.Ordinal));
            Assert.Equal((user.Subject, session.ToString()), (claims.GetProperty("sub").GetString(), claims.GetProperty("sid").GetString()));
            Assert.Equal(120, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());

            var row = await server.RowAsync(client, row => row.DeliveredAt is not null);
            Assert.Equal((1, 200, null, null), (row.Attempts, row.LastStatus, row.LastError, row.NextAttemptAt));
            Assert.Equal($"{row.Jti}.1", claims.GetProperty("jti").GetString());
        }

        Assert.Null(await server.RowAsync(other));
        browser.Dispose();
        elsewhere.Dispose();
    }

    // RFC 8725 §2.8: no kind of token passes for another
    [Fact]
    public async Task A_logout_token_is_taken_for_no_other_token()
    {
        var client = await server.NewClientAsync();
        var (browser, _, _) = await server.SignInAsync(client);
        await LogoutServer.SignOutAsync(browser);
        var token = (await Receiver.NextAsync("/" + client.ClientId)).Token;

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await browser.UserInfoAsync(token)).StatusCode);
        Assert.False((await App.Get<IdTokenHints>().ReadFactsAsync(token, CancellationToken.None)).Try(out _, out _));
        Assert.DoesNotContain(App.Logs.Lines, line => line.Contains(token.Split('.')[2], StringComparison.Ordinal));
        browser.Dispose();
    }

    [Fact]
    public async Task It_arrives_by_itself_before_anybody_would_have_looked()
    {
        var client = await server.NewClientAsync();
        var (browser, _, _) = await server.SignInAsync(client);
        await Task.Delay(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken);   // it has looked, and found nothing

        var waited = System.Diagnostics.Stopwatch.StartNew();
        await LogoutServer.SignOutAsync(browser);
        await Receiver.NextAsync("/" + client.ClientId);

        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(3), $"after {waited.Elapsed}");
        browser.Dispose();
    }

    [Theory]
    [InlineData("somebody else signs in at the browser")]
    [InlineData("somebody else signs in at the browser after it has run out")]
    [InlineData("an operator's statement")]
    [InlineData("a session that has expired is signed out")]
    public async Task However_the_session_ends_the_application_hears_of_it(string how)
    {
        var client = await server.NewClientAsync();
        var (browser, user, session) = await server.SignInAsync(client);
        switch (how)
        {
            case "somebody else signs in at the browser":
                await browser.SignInAsync((await App.NewUserAsync()).Username);
                break;
            case "somebody else signs in at the browser after it has run out":
                App.Time!.Advance(TimeSpan.FromHours(9));
                await browser.SignInAsync((await App.NewUserAsync()).Username);
                break;
            case "an operator's statement":
                Assert.Equal(session, await server.QueryAsync<Guid>("update sessions set ended_at = @now where subject = @Subject returning id", new { user.Subject, now = App.Time!.GetUtcNow() }));
                break;
            default:
                var page = await browser.GetAsync("/logout");
                App.Time!.Advance(TimeSpan.FromHours(9));
                await browser.SubmitAsync(page, ("decision", "signout"));
                break;
        }

        Assert.Equal(session.ToString(), TestBrowser.ClaimsOf((await Receiver.NextAsync("/" + client.ClientId)).Token).GetProperty("sid").GetString());
        browser.Dispose();
    }

    [Fact]
    public async Task The_message_is_written_in_the_transaction_that_ends_the_session_and_goes_with_it()
    {
        var client = await server.NewClientAsync();
        var (browser, _, session) = await server.SignInAsync(client);
        await using var connection = await OpenAsync();
        await using (var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken))
        {
            await connection.ExecuteAsync("update sessions set ended_at = now() where id = @session", new { session }, transaction);
            Assert.Equal(1, await connection.QuerySingleAsync<int>("select count(*)::int from logout_messages where session_id = @session", new { session }, transaction));
            await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        }

        Assert.Null(await server.RowAsync(client));
        browser.Dispose();
    }

    [Fact]
    public async Task What_ends_no_session_writes_nothing_and_an_end_is_told_once()
    {
        var client = await server.NewClientAsync();
        var plain = await server.NewClientAsync();
        var (browser, user, session) = await server.SignInAsync(client);
        await browser.GetCodeAsync(plain, "read:files", user.Username);   // no ID token, no session there
        await browser.GetCodeAsync(client, "openid", user.Username);
        await browser.SignInAsync(user.Username);
        App.Time!.Advance(TimeSpan.FromMinutes(2));
        await browser.GetAsync("/");
        Assert.Null(await server.RowAsync(client));

        await LogoutServer.SignOutAsync(browser);
        await server.QueryAsync<Guid>("update sessions set ended_at = ended_at + interval '1 second' where id = @session returning id", new { session });

        await server.RowAsync(client, row => row.DeliveredAt is not null);
        Assert.Null(await server.RowAsync(plain));
        Assert.Equal(1, await server.QueryAsync<int>("select count(*)::int from logout_messages where session_id = @session", new { session }));
        browser.Dispose();
    }

    // The person takes back the access: then the application has nothing to keep them signed in for.
    [Fact]
    public async Task An_application_that_is_withdrawn_hears_of_each_session_it_is_in_and_of_its_end_again_where_it_comes_back()
    {
        var (client, other, plain) = (await server.NewClientAsync(), await server.NewClientAsync(), Seed.FirstParty with { ClientId = "silent" });
        await App.SaveAsync(plain);
        var (browser, user, session) = await server.SignInAsync(client, other, plain);
        using var second = await App.NewSessionAsync(user);
        await second.GetCodeAsync(client, "openid", user.Username);
        using var left = await App.NewSessionAsync(user);
        await left.GetCodeAsync(client, "openid", user.Username);
        await LogoutServer.SignOutAsync(left);
        await Receiver.NextAsync("/" + client.ClientId);
        var (strangers, _, _) = await server.SignInAsync(client);

        await App.Get<Endings>().WithdrawAsync(user.Subject, plain.ClientId, CancellationToken.None);
        await App.Get<Endings>().WithdrawAsync(user.Subject, client.ClientId, CancellationToken.None);
        await App.Get<Endings>().WithdrawAsync(user.Subject, client.ClientId, CancellationToken.None);

        string?[] told = [SidOf(await Receiver.NextAsync("/" + client.ClientId)), SidOf(await Receiver.NextAsync("/" + client.ClientId))];
        Assert.Contains(session.ToString(), told);
        Assert.Equal(2, told.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(3, await CountAsync(client));   // the one that left before is not told twice, a stranger's not at all
        Assert.Equal(0, await CountAsync(other));

        await browser.GetCodeAsync(client, "openid", user.Username);
        await LogoutServer.SignOutAsync(browser);

        Assert.Equal(session.ToString(), SidOf(await Receiver.NextAsync("/" + client.ClientId)));
        Assert.Equal((4, 1), (await CountAsync(client), await CountAsync(other)));
        await LogoutServer.SignOutAsync(second);
        Assert.Equal(4, await CountAsync(client));
        browser.Dispose();
        strangers.Dispose();
    }

    [Fact]
    public async Task An_application_hears_of_the_end_long_after_its_tokens_are_gone()
    {
        var client = await server.NewClientAsync();
        var (browser, _, session) = await server.SignInAsync(client);
        App.Time!.Advance(TimeSpan.FromDays(3));
        await App.Get<Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await server.QueryAsync<int>("select count(*)::int from grants where session_id = @session", new { session }));

        await server.QueryAsync<Guid>("update sessions set ended_at = @now where id = @session returning id", new { session, now = App.Time!.GetUtcNow() });

        await Receiver.NextAsync("/" + client.ClientId);
        browser.Dispose();
    }

    // §2.6: an application may refuse a jti that it had before, although it could not sign out then
    [Theory]
    [InlineData(500, "answered 500")]
    [InlineData(404, "answered 404")]
    [InlineData(202, "answered 202")]
    public async Task A_failed_message_is_sent_again_as_a_token_of_its_own(int status, string error)
    {
        var client = await server.NewClientAsync();
        var path = "/" + client.ClientId;
        Receiver.Answer(path, status);
        var (browser, _, _) = await server.SignInAsync(client);
        await LogoutServer.SignOutAsync(browser);
        var first = TestBrowser.ClaimsOf((await Receiver.NextAsync(path)).Token);
        var failed = await server.RowAsync(client, row => row.LastStatus is not null);
        Assert.Equal((1, status, error, null, null), (failed.Attempts, failed.LastStatus, failed.LastError, failed.DeliveredAt, failed.DeadAt));
        Assert.InRange(failed.NextAttemptAt!.Value - App.Time!.GetUtcNow(), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        server.Look();
        Assert.Equal(0, Receiver.Waiting(path));

        Receiver.Answer(path, 204);
        App.Time!.Advance(TimeSpan.FromSeconds(3));
        server.Look();

        var second = TestBrowser.ClaimsOf((await Receiver.NextAsync(path)).Token);
        Assert.Equal(($"{failed.Jti}.1", $"{failed.Jti}.2"), (first.GetProperty("jti").GetString(), second.GetProperty("jti").GetString()));
        Assert.Equal(3, second.GetProperty("iat").GetInt64() - first.GetProperty("iat").GetInt64());
        var delivered = await server.RowAsync(client, row => row.DeliveredAt is not null);
        Assert.Equal((2, 204, null), (delivered.Attempts, delivered.LastStatus, delivered.LastError));
        browser.Dispose();
    }

    // §2.8: 400 is for a logout that failed, too
    [Fact]
    public async Task An_application_that_cannot_sign_out_for_a_while_and_says_400_is_told_until_it_can()
    {
        var client = await server.NewClientAsync();
        var path = "/" + client.ClientId;
        Receiver.Answer(path, 400, """{"error":"invalid_request","error_description":"secret <b>text</b>"}""");
        var (browser, _, _) = await server.SignInAsync(client);
        await LogoutServer.SignOutAsync(browser);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            await Receiver.NextAsync(path);
            var refused = await server.RowAsync(client, row => row.Attempts == attempt && row.LastStatus == 400 && row.NextAttemptAt < App.Time!.GetUtcNow().AddSeconds(10));   // and is under way no more
            Assert.Equal(("answered 400 invalid_request", null), (refused.LastError, refused.DeadAt));
            App.Time!.Advance(TimeSpan.FromSeconds(20));
            server.Look();
        }

        Receiver.Answer(path, 200);
        App.Time!.Advance(TimeSpan.FromMinutes(1));
        server.Look();

        await server.RowAsync(client, row => row.DeliveredAt is not null);
        browser.Dispose();
    }

    [Fact]
    public async Task After_a_day_a_message_is_dead_and_an_operator_can_raise_it()
    {
        var client = await server.NewClientAsync();
        var path = "/" + client.ClientId;
        Receiver.Answer(path, 503);
        var (browser, _, _) = await server.SignInAsync(client);
        await LogoutServer.SignOutAsync(browser);
        await server.RowAsync(client, row => row.LastStatus == 503);
        App.Time!.Advance(TimeSpan.FromHours(25));
        server.Look();
        Assert.Equal((2, 503), (await server.RowAsync(client, row => row.DeadAt is not null)) switch { var dead => (dead.Attempts, dead.LastStatus) });

        Receiver.Answer(path, 200);
        await server.QueryAsync<Guid>(
            """
            update logout_messages set dead_at = null, attempts = 0, next_attempt_at = @now, give_up_at = @now + interval '1 day'
            where client_id = @ClientId and dead_at is not null returning jti
            """,
            new { client.ClientId, now = App.Time!.GetUtcNow() });
        server.Look();

        await server.RowAsync(client, row => row.DeliveredAt is not null);
        browser.Dispose();
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var (client, victim) = (await server.NewClientAsync(), await server.NewClientAsync());
        Receiver.Answer("/" + client.ClientId, 307, location: victim.BackchannelLogoutUri);
        var (browser, _, _) = await server.SignInAsync(client);

        await LogoutServer.SignOutAsync(browser);

        Assert.Equal(307, (await server.RowAsync(client, row => row.LastStatus is not null)).LastStatus);
        Assert.Equal(0, Receiver.Waiting("/" + victim.ClientId));
        browser.Dispose();
    }

    // §2.8: the status says whether it succeeded, whatever follows
    [Theory]
    [InlineData(200, 200, null, true)]
    [InlineData(500, 500, "answered 500", false)]
    public async Task Of_an_answer_without_end_the_status_counts(int status, int kept, string? error, bool isDelivered)
    {
        var client = await server.NewClientAsync();
        Receiver.Answer("/" + client.ClientId, status, new string('x', 17 * 1024));
        var (browser, _, _) = await server.SignInAsync(client);

        await LogoutServer.SignOutAsync(browser);

        var row = await server.RowAsync(client, row => row.LastStatus is not null);
        Assert.Equal((kept, error, isDelivered), (row.LastStatus, row.LastError, row.DeliveredAt is not null));
        browser.Dispose();
    }

    // An operator's statement may leave what no rule of registration lets in
    [Theory]
    [InlineData("ftp://127.0.0.1/out")]
    [InlineData("nowhere")]
    public async Task A_message_that_cannot_be_sent_at_all_is_noted_as_a_failure_and_says_so(string uri)
    {
        var client = await server.NewClientAsync(uri: uri);
        var (browser, _, _) = await server.SignInAsync(client);

        await LogoutServer.SignOutAsync(browser);

        var row = await server.RowAsync(client, row => row.LastStatus is not null);
        Assert.Equal((0, 1), (row.LastStatus, row.Attempts));
        Assert.StartsWith("it could not be sent", row.LastError, StringComparison.Ordinal);
        browser.Dispose();
    }

    [Fact]
    public async Task An_application_that_has_not_answered_after_five_seconds_has_failed_and_not_before()
    {
        var client = await server.NewClientAsync();
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Receiver.Answer("/" + client.ClientId, _ => hold.Task);
        var (browser, _, _) = await server.SignInAsync(client);
        await LogoutServer.SignOutAsync(browser);
        await Receiver.NextAsync("/" + client.ClientId);

        App.Time!.Advance(TimeSpan.FromSeconds(4.9));
        await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        Assert.Null((await server.RowAsync(client))!.LastStatus);
        App.Time.Advance(TimeSpan.FromSeconds(0.2));

        var row = await server.RowAsync(client, row => row.LastStatus is not null);
        Assert.Equal((0, "it did not answer in time", null), (row.LastStatus, row.LastError, row.DeliveredAt));
        hold.SetResult();
        browser.Dispose();
    }

    [Fact]
    public async Task An_application_that_does_not_answer_holds_up_no_other()
    {
        var (slow, quick) = (await server.NewClientAsync(), await server.NewClientAsync());
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Receiver.Answer("/" + slow.ClientId, _ => hold.Task);
        var browsers = new List<TestBrowser>();
        for (var i = 0; i < 10; i++)
        {
            browsers.Add((await server.SignInAsync(i < 9 ? [slow] : [slow, quick])).Browser);   // signing in moves the clock, and calls that wait would end
        }

        foreach (var browser in browsers)
        {
            await LogoutServer.SignOutAsync(browser);
        }

        await server.RowAsync(quick, row => row.DeliveredAt is not null);
        Assert.Equal(4, Receiver.Waiting("/" + slow.ClientId));   // and no more than these at once
        hold.SetResult();
        for (var i = 0; i < 10; i++)
        {
            await Receiver.NextAsync("/" + slow.ClientId);
        }

        browsers.ForEach(browser => browser.Dispose());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_was_switched_off_or_has_no_address_any_more_is_not_called(bool disabled)
    {
        var client = await server.NewClientAsync();
        var path = "/" + client.ClientId;
        Receiver.Answer(path, 500);
        var (browser, _, _) = await server.SignInAsync(client);
        await LogoutServer.SignOutAsync(browser);
        await Receiver.NextAsync(path);
        await server.RowAsync(client, row => row.LastStatus == 500);
        await App.SaveAsync(disabled ? client with { DisabledAt = App.Time!.GetUtcNow() } : client with { BackchannelLogoutUri = null });
        App.Time!.Advance(TimeSpan.FromSeconds(3));
        server.Look();

        var row = await server.RowAsync(client, row => row.DeadAt is not null);

        Assert.Contains("switched off", row.LastError, StringComparison.Ordinal);
        Assert.Equal(0, Receiver.Waiting(path));
        browser.Dispose();
    }

    [Fact]
    public async Task What_is_done_leaves_after_a_week_and_what_is_not_stays()
    {
        var (done, due) = (await server.NewClientAsync(), await server.NewClientAsync());
        var (browser, _, _) = await server.SignInAsync(done);
        await LogoutServer.SignOutAsync(browser);
        await server.RowAsync(done, row => row.DeliveredAt is not null);
        await server.QueryAsync<Guid>(
            """
            insert into logout_messages (jti, client_id, session_id, subject, created_at, next_attempt_at, give_up_at)
            values (gen_random_uuid(), @ClientId, gen_random_uuid(), 'x', @now, @now + interval '1 year', @now + interval '1 year') returning jti
            """,
            new { due.ClientId, now = App.Time!.GetUtcNow() });
        App.Time!.Advance(TimeSpan.FromDays(6.9));
        await App.Get<Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await server.RowAsync(done));

        App.Time!.Advance(TimeSpan.FromDays(0.2));
        await App.Get<Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Null(await server.RowAsync(done));
        Assert.NotNull(await server.RowAsync(due));
        browser.Dispose();
    }

    [Fact]
    public async Task A_code_that_meets_the_end_of_its_session_is_told_of_whoever_is_first()
    {
        var client = await server.NewClientAsync();
        var (browser, user, session) = await server.SignInAsync();
        await using var authorize = await OpenAsync();
        var ct = TestContext.Current.CancellationToken;

        // The code first: the end waits for it, and then sees it.
        await using (var begun = await authorize.BeginTransactionAsync(ct))
        {
            await InsertGrantAsync(authorize, client, user, session, begun);
            await using var end = await OpenAsync();
            var ending = end.ExecuteAsync("update sessions set ended_at = @now where id = @session", new { session, now = App.Time!.GetUtcNow() });
            await WaiterAsync();
            Assert.False(ending.IsCompleted);
            await begun.CommitAsync(ct);
            await ending;
        }

        await server.RowAsync(client, row => row.DeliveredAt is not null);
        browser.Dispose();

        // The end first: the code's application is told a little later, when it has a session to end.
        var late = await server.NewClientAsync();
        var (again, person, second) = await server.SignInAsync();
        await server.QueryAsync<Guid>("update sessions set ended_at = @now where id = @second returning id", new { second, now = App.Time!.GetUtcNow() });
        await InsertGrantAsync(authorize, late, person, second);
        Assert.Equal(TimeSpan.FromSeconds(10), (await server.RowAsync(late))!.NextAttemptAt - App.Time!.GetUtcNow());
        App.Time!.Advance(TimeSpan.FromSeconds(10));
        server.Look();
        await Receiver.NextAsync("/" + late.ClientId);
        again.Dispose();
    }

    private static string? SidOf(Received received) => TestBrowser.ClaimsOf(received.Token).GetProperty("sid").GetString();

    private Task<int> CountAsync(Client client) => server.QueryAsync<int>("select count(*)::int from logout_messages where client_id = @ClientId", new { client.ClientId });

    private async Task InsertGrantAsync(NpgsqlConnection connection, Client client, User user, Guid session, NpgsqlTransaction? transaction = null) => await connection.ExecuteAsync(
        """
        insert into grants (id, client_id, subject, session_id, offline, scope, resource, acr, amr, authenticated_at, created_at, expires_at)
        values (gen_random_uuid(), @ClientId, @Subject, @session, false, '{openid}', '{}', 'a', '{pwd}', @now, @now, @now)
        """,
        new { client.ClientId, user.Subject, session, now = App.Time!.GetUtcNow() }, transaction);

    private async Task WaiterAsync()
    {
        for (var round = 0; await server.QueryAsync<int>("select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") == 0; round++)
        {
            Assert.True(round < 1000, "The end never waited for the code.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(App.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
