using System.Text;
using AuthCore.Jose;
using AuthCore.Keys;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 6819 §4.3.2: what opens a door stands in clear neither in the database nor in the log.</summary>
public sealed class TokenSecrecyTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task After_a_whole_walk_no_secret_is_in_the_database_or_in_the_log()
    {
        var secrets = new List<string> { AuthCoreApp.Secret, AuthCoreApp.Password, TestBrowser.Verifier };
        using var browser = app.CreateBrowser();
        var login = await browser.AuthorizeAsync(TestBrowser.Request(Seed.FirstParty));
        secrets.Add(login.Headers.Location!.OriginalString.Split("i=")[1]);
        var signedIn = await browser.SubmitAsync(await browser.FollowAsync(login), ("username", "alice"), ("password", AuthCoreApp.Password));
        secrets.AddRange(login.Headers.GetValues("Set-Cookie").Concat(signedIn.Headers.GetValues("Set-Cookie"))
            .Select(cookie => cookie.Split('=', 2)[1].Split(';')[0]).Where(value => value.Length > 0));
        var code = TestBrowser.QueryOf(await browser.FollowAsync(signedIn))["code"];
        var first = await browser.RedeemAsync(Seed.FirstParty, code);
        var second = await browser.RefreshAsync(Seed.FirstParty, first.RefreshToken);
        var third = await browser.RefreshAsync(Seed.FirstParty, second.RefreshToken);
        secrets.AddRange([code, first.RefreshToken, second.RefreshToken, third.RefreshToken, first.AccessToken, first.IdToken, third.AccessToken, third.IdToken]);
        await browser.RedeemAsync(Seed.FirstParty, code);                      // a replay, a reuse, a wrong secret: refusals are logged
        await browser.RefreshAsync(Seed.FirstParty, first.RefreshToken);
        await browser.TokenAsync(Seed.FirstParty, TestBrowser.Refresh(third.RefreshToken), "a wrong secret of somebody");
        secrets.Add("a wrong secret of somebody");
        await browser.UserInfoAsync(third.AccessToken);

        var database = await DumpAsync();
        var log = string.Join('\n', app.Logs.Lines);

        Assert.Contains(Convert.ToHexStringLower(Handle.HashOf(code)), database, StringComparison.Ordinal);   // the search finds what is there
        Assert.Contains(Seed.Alice.Email!, database, StringComparison.Ordinal);
        Assert.Contains("refresh.reused", log, StringComparison.Ordinal);
        foreach (var spelling in secrets.SelectMany(Spellings))
        {
            Assert.DoesNotContain(spelling, database, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(spelling, log, StringComparison.Ordinal);
        }
    }

    // As text, as the bytes of the text, and the bytes that the text stands for.
    private static IEnumerable<string> Spellings(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret));
        var payload = secret.StartsWith("ac_", StringComparison.Ordinal) ? secret.Split('_', 3)[2] : secret.Split('.')[^1];
        if (CanonicalBase64Url.Decode(payload) is { Length: >= 32 } bytes)
        {
            yield return Convert.ToHexStringLower(bytes.AsSpan(bytes.Length - 32));
        }
    }

    private async Task<string> DumpAsync()
    {
        var database = app.Get<Database>();
        var tables = await database.ListAsync<string>("select quote_ident(tablename) from pg_tables where schemaname = 'public'", null, CancellationToken.None);
        var dump = new StringBuilder();
        foreach (var table in tables)
        {
            foreach (var row in await database.ListAsync<string>($"select t::text from {table} t", null, CancellationToken.None))
            {
                dump.AppendLine(row);
            }
        }

        return dump.ToString();
    }
}
