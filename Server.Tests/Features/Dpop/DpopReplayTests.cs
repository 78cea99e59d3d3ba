using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AuthCore.Features.Dpop;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;
using Dapper;
using Npgsql;

namespace AuthCore.Tests.Features.Dpop;

/// <summary>RFC 9449 §11.1: a proof counts once: in parallel, on two nodes, over restarts, and when PostgreSQL forgot what it knew.</summary>
public sealed class DpopReplayTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly ProofKey s_key = ProofKey.Create();

    [Fact]
    public async Task Of_one_proof_on_two_nodes_at_once_one_counts()
    {
        await using var node = app.StartSecondNode();
        using var here = app.CreateBrowser();
        using var there = app.CreateBrowser(node);
        await there.CredentialsAsync(app, Seed.Machine);   // warm, so that both come to the table in time
        var proof = s_key.ForToken(app, claims: claims => claims["jti"] = "meeting");
        await using var held = await RowLock.TakeAsync(app.ConnectionString, Insert("meeting"), Guid.Empty);

        var both = Task.WhenAll(here.CredentialsAsync(app, Seed.Machine, proof), there.CredentialsAsync(app, Seed.Machine, proof));
        await held.WaitersAsync(2);
        await held.ReleaseAsync();

        Assert.Equal([TokenAnswer.Ok, DpopSteps.InvalidProof], (await both).Select(answer => answer.Verdict).Order());
    }

    [Fact]
    public async Task Of_one_proof_several_times_at_once_on_one_node_one_counts()
    {
        var (store, now) = (app.Get<DpopProofStore>(), app.Time!.GetUtcNow());
        var proofs = new[] { "goes alone", "a", "b", "b", "a", "c" }.Select(name => SHA256.HashData(Encoding.ASCII.GetBytes($"at once {name}")));

        var taken = await RowLock.AtOnceAsync(
            app.ConnectionString, "dpop_proofs", () => proofs.Select(proof => store.TakeAsync(proof, now, now.AddMinutes(1), now, CancellationToken.None)));

        Assert.Equal([ProofTaken.First, ProofTaken.First, ProofTaken.First, ProofTaken.Again, ProofTaken.Again, ProofTaken.First], taken);
    }

    [Fact]
    public async Task A_proof_taken_before_a_restart_is_taken_after_it()
    {
        var proof = s_key.ForToken(app);
        await using (var before = app.StartSecondNode())
        {
            using var browser = app.CreateBrowser(before);
            Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(app, Seed.Machine, proof)).Verdict);
        }

        await using var after = app.StartSecondNode();
        using var again = app.CreateBrowser(after);
        Assert.Equal(DpopSteps.InvalidProof, (await again.CredentialsAsync(app, Seed.Machine, proof)).Verdict);
    }

    [Fact]
    public async Task A_proof_is_kept_until_it_is_too_old_and_then_it_goes()
    {
        using var browser = app.CreateBrowser();
        var proof = s_key.ForToken(app);
        await browser.CredentialsAsync(app, Seed.Machine, proof);
        app.Time!.Advance(TimeSpan.FromSeconds(60));
        await app.Get<AuthCore.Flows.Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.Equal(DpopSteps.InvalidProof, (await browser.CredentialsAsync(app, Seed.Machine, proof)).Verdict);

        app.Time.Advance(TimeSpan.FromSeconds(31));
        await app.Get<AuthCore.Flows.Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, await CountAsync(app.ConnectionString));
        Assert.Equal(DpopSteps.InvalidProof, (await browser.CredentialsAsync(app, Seed.Machine, proof)).Verdict);
    }

    [Fact]
    public async Task What_others_do_spends_no_proof()
    {
        using var browser = app.CreateBrowser();
        void Same(System.Text.Json.Nodes.JsonObject claims) => claims["jti"] = "shared";

        Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(app, Seed.Machine, ProofKey.Create().ForToken(app, claims: Same))).Verdict);
        Assert.Equal(DpopSteps.InvalidProof, (await browser.CredentialsAsync(app, Seed.Machine, ProofKey.Create().ForToken(app, claims: Same) + "A")).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, claims: Same))).Verdict);
    }

    [Fact]
    public async Task Where_the_database_does_not_answer_nothing_is_said_of_the_proof()
    {
        using var browser = app.CreateBrowser();
        await browser.CredentialsAsync(app, Seed.Machine);   // the client is known
        await using var held = await RowLock.TakeAsync(app.ConnectionString, Insert("stuck"), Guid.Empty);

        var answer = await browser.CredentialsAsync(app, Seed.Machine, s_key.ForToken(app, claims: claims => claims["jti"] = "stuck"));

        Assert.Equal(TokenAnswer.Unavailable, answer.Verdict);
        Assert.NotNull(answer.Http.Headers.RetryAfter);
    }

    [Fact]
    public async Task When_PostgreSQL_crashed_no_proof_from_before_counts_and_new_ones_soon_do()
    {
        using var cluster = await PostgresCluster.StartAsync(durable: false);
        await using var own = new AuthCoreApp { Connect = _ => cluster.ConnectionString };
        await own.InitializeAsync();
        using var browser = own.CreateBrowser();
        var (before, future) = (s_key.ForToken(own), s_key.ForToken(own, claims: claims => claims["iat"] = own.Time!.GetUtcNow().AddSeconds(10).ToUnixTimeSeconds()));
        Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(own, Seed.Machine, before)).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(own, Seed.Machine, future)).Verdict);

        await CrashAsync(cluster.ConnectionString);

        Assert.Equal(0, await CountAsync(cluster.ConnectionString));   // it did forget
        foreach (var proof in new[] { before, future, before, future, s_key.ForToken(own) })
        {
            var answer = await browser.CredentialsAsync(own, Seed.Machine, proof);
            Assert.Equal(TokenAnswer.Unavailable, answer.Verdict);   // not a verdict: nobody knows
            Assert.NotNull(answer.Http.Headers.RetryAfter);
        }

        Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(own, Seed.Machine)).Verdict);
        own.Time!.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(TokenAnswer.Unavailable, (await browser.CredentialsAsync(own, Seed.Machine, before)).Verdict);
        Assert.Equal(TokenAnswer.Unavailable, (await browser.CredentialsAsync(own, Seed.Machine, future)).Verdict);
        var fresh = s_key.ForToken(own);
        Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(own, Seed.Machine, fresh)).Verdict);
        Assert.Equal(DpopSteps.InvalidProof, (await browser.CredentialsAsync(own, Seed.Machine, fresh)).Verdict);
    }

    [Fact]
    public async Task A_loss_is_noticed_by_the_cleanup_too()
    {
        await using var own = new AuthCoreApp();
        await own.InitializeAsync();
        using var browser = own.CreateBrowser();
        await using (var connection = new NpgsqlConnection(own.ConnectionString))
        {
            await connection.ExecuteAsync("truncate dpop_proofs");
        }

        await own.Get<AuthCore.Flows.Cleanup>().RunOnceAsync(TestContext.Current.CancellationToken);
        own.Time!.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal(TokenAnswer.Ok, (await browser.CredentialsAsync(own, Seed.Machine, s_key.ForToken(own))).Verdict);
    }

    // One backend killed hard: PostgreSQL ends all others, and empties its unlogged tables on recovery.
    private static async Task CrashAsync(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using (var victim = new NpgsqlConnection(settings.ConnectionString))
        {
            await victim.OpenAsync();
            await victim.ExecuteAsync("checkpoint", commandType: System.Data.CommandType.Text);   // this cluster answers before it writes: else the clients may be lost, too
            using var kill = Process.Start("kill", ["-KILL", (await victim.QuerySingleAsync<int>("select pg_backend_pid()")).ToString(CultureInfo.InvariantCulture)])!;
            await kill.WaitForExitAsync();
        }

        for (var round = 0; ; round++)
        {
            try
            {
                await using var again = new NpgsqlConnection(settings.ConnectionString);
                await again.OpenAsync();
                if (await again.QuerySingleAsync<int>("select count(*)::int from dpop_proofs") == 0)
                {
                    return;
                }
            }
            catch (NpgsqlException) when (round < 400)
            {
                // it recovers
            }

            await Task.Delay(25, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<int> CountAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        return await connection.QuerySingleAsync<int>("select count(*)::int from dpop_proofs where proof_hash <> ''");
    }

    private static string Insert(string jti) =>
        $"insert into dpop_proofs (proof_hash, expires_at) values ('\\x{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{s_key.Thumbprint} /token {jti}")))}', now()) returning 1";
}
