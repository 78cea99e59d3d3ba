using AuthCore.Options;

namespace AuthCore.Features.Config;

/// <summary>Where the configuration comes from.</summary>
/// <param name="Name">As faults name it.</param>
/// <param name="Utf8">Its text.</param>
/// <param name="IsBuiltIn">The embedded demo configuration.</param>
internal sealed record ConfigSource(string Name, byte[] Utf8, bool IsBuiltIn)
{
    public const string FileName = "authcore.yaml";

    /// <summary>The file that was named; else the one in this folder; else in Development the demo; else none.</summary>
    public static ConfigSource? Find(AuthCoreOptions options, string folder)
    {
        if (options.ConfigFile is { } named)
        {
            return Open(named);
        }

        var beside = Path.Combine(folder, FileName);
        return File.Exists(beside) ? Open(beside) : options.IsDevelopment ? Demo() : null;
    }

    /// <summary>The configuration a fresh development server starts with.</summary>
    public static ConfigSource Demo()
    {
        using var stream = typeof(ConfigSource).Assembly.GetManifestResourceStream("config/demo.yaml")!;
        var utf8 = new byte[stream.Length];
        stream.ReadExactly(utf8);
        return new ConfigSource("demo.yaml (built in)", utf8, IsBuiltIn: true);
    }

    /// <summary>Its secrets are in it.</summary>
    public override string ToString() => Name;

    private static ConfigSource Open(string path)
    {
        try
        {
            return new ConfigSource(path, File.ReadAllBytes(path), IsBuiltIn: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"AuthCore cannot start: the configuration file {path} cannot be read.");
        }
    }
}
