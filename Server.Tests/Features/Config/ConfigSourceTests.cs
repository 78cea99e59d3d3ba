using AuthCore.Features.Config;
using AuthCore.Options;

namespace AuthCore.Tests.Features.Config;

public sealed class ConfigSourceTests : IDisposable
{
    private static readonly AuthCoreOptions Options = new() { Issuer = "https://id.example.com", Database = "", MasterKey = [] };
    private readonly string _folder = Directory.CreateTempSubdirectory("authcore-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_named_file_goes_before_the_one_in_the_folder()
    {
        File.WriteAllText(Path.Combine(_folder, "authcore.yaml"), "users: []");
        File.WriteAllText(Path.Combine(_folder, "named.yaml"), "clients: []");

        Assert.Equal("clients: []"u8, ConfigSource.Find(Options with { ConfigFile = Path.Combine(_folder, "named.yaml") }, _folder)!.Utf8);
        Assert.Equal("users: []"u8, ConfigSource.Find(Options with { IsDevelopment = true }, _folder)!.Utf8);
    }

    [Fact]
    public void Without_a_file_Development_has_the_demo_and_production_nothing()
    {
        Assert.True(ConfigSource.Find(Options with { IsDevelopment = true }, _folder)!.IsBuiltIn);
        Assert.Null(ConfigSource.Find(Options, _folder));
    }

    [Fact]
    public void A_file_that_cannot_be_read_stops_the_start() =>
        Assert.Throws<StartupException>(() => ConfigSource.Find(Options with { ConfigFile = Path.Combine(_folder, "none.yaml") }, _folder));
}
