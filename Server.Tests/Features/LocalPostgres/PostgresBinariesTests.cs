using AuthCore.Features.LocalPostgres;
using AuthCore.Options;

namespace AuthCore.Tests.Features.LocalPostgres;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("authcore-binaries-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Without_any_the_message_names_three_ways_out()
    {
        var message = await RefusedAsync(null, null, folder);

        Assert.Contains("Install PostgreSQL", message);
        Assert.Contains("docker compose up", message);
        Assert.Contains("AUTHCORE__DATABASE", message);
    }

    [Fact]
    public async Task A_named_folder_without_them_is_a_fault_of_its_variable() =>
        Assert.Contains("AUTHCORE__LOCALPOSTGRES__BINARIES", await RefusedAsync(folder, null, Fake(16)));

    [Fact]
    public async Task The_first_folder_wins_and_a_link_is_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-ins are shell scripts");
        var links = Directory.CreateDirectory(Path.Combine(folder, "links")).FullName;
        var real = Fake(17);
        foreach (var file in Directory.GetFiles(real)) { File.CreateSymbolicLink(Path.Combine(links, Path.GetFileName(file)), file); }

        Assert.Equal(new PostgresBinaries(real, 17), await FindAsync(null, null, links, Fake(16)));
    }

    [Fact]
    public async Task The_version_that_made_the_cluster_is_preferred_to_a_newer_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-ins are shell scripts");

        Assert.Equal(15, (await FindAsync(null, 15, Fake(17), Fake(15))).Version);
    }

    [Fact]
    public async Task A_cluster_of_another_version_is_refused_by_name()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-ins are shell scripts");
        var message = await RefusedAsync(null, 15, Fake(16), Fake(17));

        Assert.Contains("made by PostgreSQL 15", message);
        Assert.Contains("has 16, 17", message);
        Assert.Contains("untouched", message);
    }

    [Fact]
    public async Task One_that_is_too_old_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-ins are shell scripts");

        Assert.Contains("found PostgreSQL 13", await RefusedAsync(null, null, Fake(13)));
    }

    private static Task<PostgresBinaries> FindAsync(string? chosen, int? version, params string[] folders) =>
        PostgresBinaries.FindAsync(chosen, version, folders, TestContext.Current.CancellationToken);

    private static async Task<string> RefusedAsync(string? chosen, int? version, params string[] folders) =>
        (await Assert.ThrowsAsync<StartupException>(() => FindAsync(chosen, version, folders))).Message;

    private string Fake(int version)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, $"v{version}")).FullName;
        foreach (var name in new[] { "initdb", "pg_ctl", "postgres" })
        {
            var file = Path.Combine(place, name);
            File.WriteAllText(file, $"#!/bin/sh\necho 'postgres (PostgreSQL) {version}.4 (Some 12.2 build)'\n");
            if (!OperatingSystem.IsWindows()) { File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); }
        }

        return place;
    }
}
