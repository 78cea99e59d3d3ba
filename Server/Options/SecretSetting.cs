namespace AuthCore.Options;

/// <summary>A secret is given by `NAME`, or by `NAME_FILE` with the path of a file that holds it; not by both.</summary>
internal static class SecretSetting
{
    private const string FileSuffix = "_FILE";

    public static bool IsGiven(IConfiguration configuration, string key) =>
        !string.IsNullOrWhiteSpace(configuration[key]) || !string.IsNullOrWhiteSpace(configuration[key + FileSuffix]);

    /// <summary>The secret; null where it is absent or could not be read, and then the fault is noted.</summary>
    public static string? Read(Settings settings, string key)
    {
        var (value, file) = (settings.Text(key), settings.Text(key + FileSuffix));
        if (value is not null && file is not null)
        {
            settings.Fault(key, $"and {Settings.Variable(key + FileSuffix)} are both given: give one.");
            return null;
        }

        return file is null ? value : ReadFile(settings, key + FileSuffix, file);
    }

    private static string? ReadFile(Settings settings, string key, string file)
    {
        try
        {
            if (File.ReadAllText(file).Trim() is { Length: > 0 } secret) { return secret; }
            settings.Fault(key, $"names an empty file: {file}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            settings.Fault(key, $"names a file that cannot be read: {file}");
        }

        return null;
    }
}
