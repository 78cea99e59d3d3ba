using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AuthCore.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.TestHost;

namespace AuthCore.Tests.Endpoints;

/// <summary>After good and bad requests of every kind, no secret stands in the log, whatever levels the operator chose; nor in the database.</summary>
public sealed partial class SecretsTests : IAsyncLifetime
{
    private readonly AuthCoreApp _app = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Trace")]
    [InlineData("Logging:LogLevel:Microsoft", "Trace")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore", "Information")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore", "Trace")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Hosting", "Trace")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Trace")]
    [InlineData("Logging:AuthCore.Tests.Support.LogCapture:LogLevel:Default", "Trace")]
    [InlineData("Logging:AuthCore.Tests.Support.LogCapture:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics", "Trace")]
    public async Task No_secret_is_logged(string key, string level)
    {
        _app.Settings[key] = level;
        await _app.InitializeAsync();

        var secrets = await WalkAsync();

        var lines = string.Join('\n', _app.Logs.Lines);
        Assert.Contains("token.issued", lines, StringComparison.Ordinal);
        Assert.Contains("token.refused", lines, StringComparison.Ordinal);
        foreach (var (value, what) in secrets)
        {
            Assert.DoesNotContain(_app.Logs.Lines, line => line.Contains(value, StringComparison.Ordinal) ? throw new InvalidOperationException($"{what} in: {line}") : false);
        }
    }

    [Fact]
    public async Task No_secret_is_kept_in_clear()
    {
        await _app.InitializeAsync();

        var secrets = await WalkAsync();

        await using var connection = new Npgsql.NpgsqlConnection(new Npgsql.NpgsqlConnectionStringBuilder(_app.ConnectionString) { Pooling = false }.ConnectionString);
        foreach (var table in await Dapper.SqlMapper.QueryAsync<string>(connection, "select tablename::text from pg_tables where schemaname = 'public'"))
        {
            var rows = string.Join('\n', await Dapper.SqlMapper.QueryAsync<string>(connection, $"select t::text from {table} t"));
            foreach (var (value, what) in secrets)
            {
                Assert.False(rows.Contains(value, StringComparison.Ordinal), $"{what} in {table}");
                Assert.False(rows.Contains(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(value)), StringComparison.Ordinal), $"{what} as bytes in {table}");
            }
        }
    }

    // Everything that was secret on the way, with its kind.
    private async Task<IReadOnlyDictionary<string, string>> WalkAsync()
    {
        var secrets = new ConcurrentDictionary<string, string>(StringComparer.Ordinal)
        {
            [AuthCoreApp.Password] = "a password", [AuthCoreApp.Secret] = "a client secret", [TestBrowser.Verifier] = "a verifier", ["a mistyped password"] = "a wrong password",
            [WebUtility.UrlEncode(AuthCoreApp.Secret)] = "a client secret", [TestBrowser.Basic("web", AuthCoreApp.Secret)[6..]] = "a client secret",
        };
        using var browser = new TestBrowser(new HttpClient(new Listener((TestServer)_app.Get<IServer>(), secrets)), _app.Issuer);
        var first = await browser.FollowAsync(await browser.AuthorizeAsync(TestBrowser.Request(Seed.Web)));
        await browser.SubmitAsync(first, ("username", "alice"), ("password", "a mistyped password"));
        await browser.SubmitAsync(first, ("username", "nobody"), ("password", AuthCoreApp.Password));
        foreach (var client in new[] { Seed.Web, Seed.Post, Seed.Spa })
        {
            var tokens = await browser.GetTokensAsync(client);
            var refreshed = await browser.TokenAsync(client, TestBrowser.Refresh(Text(tokens, "refresh_token")));
            Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
            await browser.UserInfoAsync(Text(tokens, "access_token"));
            await browser.UserInfoAsync(Text(tokens, "access_token")[..^1]);
            await browser.PostAsync("/userinfo", [KeyValuePair.Create("access_token", Text(tokens, "access_token"))]);
            await browser.GetAsync("/userinfo?access_token=" + Text(tokens, "access_token"));
            await browser.AuthorizeAsync([.. TestBrowser.Request(client), new("prompt", "none"), new("id_token_hint", Text(tokens, "id_token"))]);

            // the wrong client, the wrong secret, the wrong kind, a replay, a place where it does not belong
            await browser.TokenAsync(Seed.Machine, TestBrowser.Refresh(Text(tokens, "refresh_token")));
            await browser.TokenAsync(client, TestBrowser.Redeem(client, Text(tokens, "refresh_token")));
            await browser.TokenAsync(client, TestBrowser.Refresh(Text(tokens, "id_token")), "a wrong secret of at least 32 characters");
            await browser.PostAsync("/token?" + TestBrowser.Encode(TestBrowser.Refresh(Text(tokens, "refresh_token"))), []);
        }

        var replayed = await browser.GetCodeAsync(Seed.Web);
        await browser.TokenAsync(Seed.Web, TestBrowser.Redeem(Seed.Web, replayed));
        await browser.TokenAsync(Seed.Web, TestBrowser.Redeem(Seed.Web, replayed));
        await browser.AuthorizeAsync([.. TestBrowser.Request(Seed.Web), new("response_mode", "form_post")]);
        await browser.GetAsync("/login?i=" + replayed);
        await browser.PostAsync("/login", [new("i", replayed), new("form_token", "CfDJ8forged"), new("username", "alice"), new("password", AuthCoreApp.Password)]);
        await browser.PostAsync("/token?x=%00", TestBrowser.Redeem(Seed.Web, replayed));
        var logout = await browser.GetAsync("/logout");
        await browser.SubmitAsync(logout, ("decision", "signout"));
        Assert.True(secrets.Values.Distinct().Count() > 10, string.Join(", ", secrets.Values.Distinct()));
        return secrets;

        static string Text(JsonElement tokens, string name) => tokens.GetProperty(name).GetString()!;
    }

    /// <summary>Keeps cookies, and notes every secret that goes by.</summary>
    private sealed partial class Listener(TestServer server, ConcurrentDictionary<string, string> secrets) : DelegatingHandler(server.CreateHandler())
    {
        private readonly CookieContainer _cookies = new();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (_cookies.GetCookieHeader(request.RequestUri!) is { Length: > 0 } cookie)
            {
                request.Headers.TryAddWithoutValidation("Cookie", cookie);
            }

            var answer = await base.SendAsync(request, cancellationToken);
            answer.RequestMessage = request;
            foreach (var set in answer.Headers.TryGetValues("Set-Cookie", out var sets) ? sets : [])
            {
                _cookies.SetCookies(request.RequestUri!, set);
                var pair = set.Split(';')[0].Split('=', 2);
                Note(pair[1], "the cookie " + pair[0]);
            }

            foreach (Match match in InLocation().Matches(answer.Headers.Location?.OriginalString ?? ""))
            {
                Note(match.Groups["value"].Value, "a handle " + match.Groups["name"].Value);
            }

            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (answer.Content.Headers.ContentType?.MediaType == "text/html")
            {
                foreach (var hidden in new HtmlParser().ParseDocument(text).QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>().Where(i => i.Name is "form_token" or "i" or "code"))
                {
                    Note(hidden.Value, "a hidden " + hidden.Name);
                }
            }
            else if (answer.Content.Headers.ContentType?.MediaType == "application/json" && request.RequestUri!.AbsolutePath == "/token")
            {
                foreach (var member in JsonElement.Parse(text).EnumerateObject().Where(m => m.Name.EndsWith("_token", StringComparison.Ordinal)))
                {
                    Note(member.Value.GetString()!, "an " + member.Name);
                }
            }

            return answer;
        }

        private void Note(string value, string what)
        {
            if (value.Length >= 20)
            {
                secrets.TryAdd(value, what);
            }
        }

        [GeneratedRegex("[?&](?<name>code|i)=(?<value>[^&]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
        private static partial Regex InLocation();
    }
}
