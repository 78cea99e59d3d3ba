using System.Diagnostics;
using AuthCore.Features.LocalPostgres;
using AuthCore.Options;
using Npgsql;

namespace AuthCore.Tests.Features.LocalPostgres;

/// <summary>One cluster, made by two starts at once; each test begins and ends with it stopped.</summary>
public sealed class LocalDatabaseTests(LocalDatabaseTests.Cluster made) : IClassFixture<LocalDatabaseTests.Cluster>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DataFolder Folder => made.Folder;

    [Fact]
    public void Two_starts_at_once_share_one_cluster()
    {
        Need();
        Assert.Equal(2, made.FirstStarts.Length);
        Assert.Single(made.FirstStarts.Distinct(StringComparer.Ordinal));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder.Postgres, "unfinished*"));
        Assert.False(File.Exists(Folder.PasswordForInitdb));
    }

    [Fact]
    public async Task Data_survive_a_restart_and_the_last_user_alone_stops_it()
    {
        Need();
        var first = await StartAsync();
        var second = await StartAsync();
        await WriteAsync(first, "restart");
        var postmaster = Postmaster();

        first.Dispose();
        first.Dispose();
        Assert.True(IsAlive(postmaster));
        Assert.Equal(1, await CountAsync(second, "restart"));
        second.Dispose();
        Assert.False(IsAlive(postmaster));

        using var again = await StartAsync();
        Assert.Equal(1, await CountAsync(again, "restart"));
    }

    [Fact]
    public async Task A_database_that_a_killed_server_left_running_is_adopted()
    {
        Need();
        using var server = ChildServer.Start(Folder.Path);
        var postmaster = await server.PostmasterAsync(Folder, Ct);
        await server.KillAsync(Ct);
        Assert.True(IsAlive(postmaster));

        var adopted = await StartAsync();
        Assert.Equal(postmaster, Postmaster());
        adopted.Dispose();
        Assert.False(IsAlive(postmaster));
    }

    [Theory]
    [InlineData("TERM", false)]
    [InlineData("TERM", true)]
    [InlineData("INT", true)]
    [InlineData("HUP", true)]
    public async Task A_server_told_to_end_stops_its_database_in_order(string signal, bool whenItServes)
    {
        Need();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no signals");
        Assert.SkipWhen(ChildServer.Ignores(signal), $"this run was started with {signal} ignored, and so are its children");
        using var server = ChildServer.Start(Folder.Path);
        var postmaster = await server.PostmasterAsync(Folder, Ct);

        if (whenItServes) { await server.Serves; }

        await server.EndAsync(signal, Ct);

        Assert.False(IsAlive(postmaster));
        Assert.Null(PostmasterFile.Read(Folder.Cluster));
    }

    [Fact]
    public async Task PostgreSQL_ended_by_force_starts_again_with_its_data_and_its_port()
    {
        Need();
        using var first = await StartAsync();
        await WriteAsync(first, "force");
        using (var postmaster = Process.GetProcessById(Postmaster())) { postmaster.Kill(); }

        using var second = await StartAsync();

        Assert.Equal(first.ConnectionString, second.ConnectionString);
        Assert.Equal(1, await CountAsync(first, "force"));
    }

    [Fact]
    public async Task A_note_that_names_another_program_does_not_keep_it_from_starting()
    {
        Need();
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sleep");

        // Of PostgreSQL's own user: a process of somebody else's it disregards by itself.
        string[] other = [.. Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : Array.Empty<string>(), "sleep", "60"];
        using var sleep = Process.Start(other[0], other[1..]);
        var note = $"{sleep.Id}\n{Folder.Cluster}\n1700000000\n5999\n\n127.0.0.1\n";
        await File.WriteAllTextAsync(Path.Combine(Folder.Cluster, "postmaster.pid"), note, Ct);

        using var database = await StartAsync();

        Assert.NotEqual(sleep.Id, Postmaster());
        sleep.Kill();
    }

    [Fact]
    public async Task Nobody_enters_without_the_password()
    {
        Need();
        using var database = await StartAsync();
        foreach (var password in new[] { null, "", "wrong" })
        {
            var guess = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = password, Pooling = false };
            await using var connection = new NpgsqlConnection(guess.ConnectionString);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => connection.OpenAsync(Ct));
        }
    }

    [Fact]
    public async Task Nothing_is_traded_for_speed_and_the_terminal_does_not_reach_it()
    {
        Need();
        using var database = await StartAsync();
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
        {
            Assert.Equal("on", await ScalarAsync(database, $"show {setting}"));
        }

        Assert.Equal("127.0.0.1", await ScalarAsync(database, "show listen_addresses"));
        if (OperatingSystem.IsLinux())
        {
            var stat = await File.ReadAllTextAsync($"/proc/{Postmaster()}/stat", Ct);
            Assert.Equal($"{Postmaster()}", stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);   // it leads its own session
        }
    }

    [Fact]
    public async Task A_cluster_of_an_unknown_version_is_left_as_it_is()
    {
        Need();
        var folder = DataFolder.Open(Directory.CreateTempSubdirectory("authcore-old-").FullName);
        Directory.CreateDirectory(folder.Cluster);
        await File.WriteAllTextAsync(Path.Combine(folder.Cluster, "PG_VERSION"), "9\n", Ct);

        var fault = await Assert.ThrowsAsync<StartupException>(() => LocalDatabase.StartAsync(folder, null, TimeProvider.System, Ct));

        Assert.Contains("made by PostgreSQL 9", fault.Message);
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Cluster));
        Directory.Delete(folder.Path, recursive: true);
    }

    [Fact]
    public async Task A_server_without_binaries_ends_with_one_message_and_no_stack_trace()
    {
        var empty = Directory.CreateTempSubdirectory("authcore-none-").FullName;
        using var server = ChildServer.Start(empty, ("AUTHCORE__LOCALPOSTGRES__BINARIES", empty));

        await server.WaitAsync(Ct);

        Assert.Equal(1, server.ExitCode);
        Assert.Contains("AUTHCORE__LOCALPOSTGRES__BINARIES", await server.Errors);
        Assert.DoesNotContain("   at ", await server.Errors);
        Directory.Delete(empty, recursive: true);
    }

    private void Need() => Assert.SkipWhen(made.WhyNot is not null, made.WhyNot ?? "");

    private Task<LocalDatabase> StartAsync() => LocalDatabase.StartAsync(Folder, null, TimeProvider.System, Ct);

    private int Postmaster() => PostmasterFile.Read(Folder.Cluster)!.ProcessId;

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal) && !PostmasterFile.IsZombie(processId);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static Task<object?> WriteAsync(LocalDatabase database, string table) => ScalarAsync(database, $"create table {table} (id int); insert into {table} values (1)");

    private static async Task<long> CountAsync(LocalDatabase database, string table) => (long)(await ScalarAsync(database, $"select count(*) from {table}"))!;

    private static async Task<object?> ScalarAsync(LocalDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    public sealed class Cluster : IAsyncLifetime
    {
        internal DataFolder Folder { get; } = DataFolder.Open(Path.Combine(Path.GetTempPath(), $"authcore-cluster-{Environment.ProcessId}"));

        internal string? WhyNot { get; private set; }

        internal string[] FirstStarts { get; private set; } = [];

        public async ValueTask InitializeAsync()
        {
            try
            {
                var both = await Task.WhenAll(Start(), Start());
                FirstStarts = [.. both.Select(database => $"{database.ConnectionString} {database.Note}")];
                foreach (var database in both) { database.Dispose(); }
            }
            catch (StartupException fault) when (fault.Message == StartupMessages.NoBinaries)
            {
                WhyNot = "no PostgreSQL binaries on this machine";
            }
        }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Folder.Path, recursive: true);
            return ValueTask.CompletedTask;
        }

        private Task<LocalDatabase> Start() => LocalDatabase.StartAsync(Folder, null, TimeProvider.System, CancellationToken.None);
    }
}
