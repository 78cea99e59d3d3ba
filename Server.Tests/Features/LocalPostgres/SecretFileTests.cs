using AuthCore.Features.LocalPostgres;

namespace AuthCore.Tests.Features.LocalPostgres;

public sealed class SecretFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("authcore-secret-").FullName;

    private string Key => Path.Combine(folder, "master.key");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void It_holds_32_bytes_for_its_owner_alone()
    {
        SecretFile.Ensure(Key);

        Assert.Equal(32, Convert.FromBase64String(File.ReadAllText(Key).Trim()).Length);
        if (!OperatingSystem.IsWindows()) { Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Key)); }
    }

    [Theory]
    [InlineData("not even a key")]
    [InlineData("")]
    public void What_is_there_is_never_overwritten(string text)
    {
        File.WriteAllText(Key, text);

        SecretFile.Ensure(Key);

        Assert.Equal(text, File.ReadAllText(Key));
    }

    [Fact]
    public async Task Many_at_once_end_with_one_secret_and_no_leftovers()
    {
        using var together = new Barrier(8);
        var seen = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(() =>
        {
            together.SignalAndWait();
            SecretFile.Ensure(Key);
            return File.ReadAllText(Key);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Single(seen.Distinct(StringComparer.Ordinal));
        Assert.Equal([Key, Key + ".lock"], Directory.GetFiles(folder).Order(StringComparer.Ordinal));
    }
}
