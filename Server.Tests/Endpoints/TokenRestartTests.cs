using System.Diagnostics;
using System.Net;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>What was decided is in the database: a new server on it forgets nothing.</summary>
public sealed class TokenRestartTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    [Fact]
    public async Task A_token_rotated_before_a_restart_is_a_replay_after_it()
    {
        TokenAnswer first, third;
        await using (var before = app.StartSecondNode())
        {
            using var browser = app.CreateBrowser(before);
            first = await browser.BeginAsync(Seed.FirstParty);
            var second = await browser.RefreshAsync(Seed.FirstParty, first.RefreshToken);
            third = await browser.RefreshAsync(Seed.FirstParty, second.RefreshToken);
        }

        await using var after = app.StartSecondNode();
        using var again = app.CreateBrowser(after);
        Assert.Equal(TokenAnswer.InvalidGrant, (await again.RefreshAsync(Seed.FirstParty, first.RefreshToken)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await again.RefreshAsync(Seed.FirstParty, third.RefreshToken)).Verdict);
        Assert.Equal(HttpStatusCode.Unauthorized, await again.UserInfoStatusAsync(third.AccessToken));
    }

    [Fact]
    public async Task An_answer_lost_in_a_restart_is_given_again_and_tokens_still_verify()
    {
        TokenAnswer first, lost;
        await using (var before = app.StartSecondNode())
        {
            using var browser = app.CreateBrowser(before);
            first = await browser.BeginAsync(Seed.FirstParty);
            lost = await browser.RefreshAsync(Seed.FirstParty, first.RefreshToken);
        }

        await using var after = app.StartSecondNode();
        using var again = app.CreateBrowser(after);
        Assert.Equal(lost.RefreshToken, (await again.RefreshAsync(Seed.FirstParty, first.RefreshToken)).RefreshToken);
        Assert.Equal(HttpStatusCode.OK, await again.UserInfoStatusAsync(first.AccessToken));
    }

    [Fact]
    public async Task A_code_redeemed_before_a_restart_is_a_replay_after_it()
    {
        string code;
        TokenAnswer tokens;
        await using (var before = app.StartSecondNode())
        {
            using var browser = app.CreateBrowser(before);
            code = await browser.GetCodeAsync(Seed.FirstParty);
            tokens = await browser.RedeemAsync(Seed.FirstParty, code);
        }

        using var again = app.CreateBrowser();
        Assert.Equal(TokenAnswer.InvalidGrant, (await again.RedeemAsync(Seed.FirstParty, code)).Verdict);
        Assert.Equal(TokenAnswer.InvalidGrant, (await again.RefreshAsync(Seed.FirstParty, tokens.RefreshToken)).Verdict);
    }

    [Fact]
    public async Task Another_master_key_opens_none_of_the_signing_keys_and_says_so()
    {
        var keys = new SigningKeys(app.Get<SigningKeyStore>(), new KeyEncryption(Enumerable.Repeat((byte)7, 32).ToArray()), app.Get<ChangeFeed>(), app.Time!);

        var fault = await Assert.ThrowsAsync<StartupException>(() => keys.LoadAsync(["ES256", "RS256"], CancellationToken.None));

        Assert.Contains("master key", fault.Message, StringComparison.Ordinal);
        Assert.Contains("AUTHCORE__MASTERKEY", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_with_another_master_key_does_not_start()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(AuthCoreOptions).Assembly.Location]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["AUTHCORE__DATABASE"] = app.ConnectionString;
        start.Environment["AUTHCORE__MASTERKEY"] = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
        using var server = Process.Start(start)!;
        server.OutputDataReceived += (_, _) => { };
        server.BeginOutputReadLine();

        var said = await server.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains("AUTHCORE__MASTERKEY", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }
}
