using Npgsql;

namespace AuthCore.Options;

/// <summary>Where the database is: AUTHCORE__DATABASE, or DATABASE_URL as hosting platforms set it; a connection string or a URL.</summary>
internal static class DatabaseSetting
{
    public const string Key = "AuthCore:Database";
    public const string PlatformKey = "DATABASE_URL";

    public static bool IsGiven(IConfiguration configuration) =>
        SecretSetting.IsGiven(configuration, Key) || SecretSetting.IsGiven(configuration, PlatformKey);

    /// <summary>The Npgsql connection string; empty where there is a fault, and then it is noted.</summary>
    public static string Read(Settings settings, IConfiguration configuration)
    {
        // The explicit name wins: a platform sets the other one by itself.
        var key = SecretSetting.IsGiven(configuration, Key) || !SecretSetting.IsGiven(configuration, PlatformKey) ? Key : PlatformKey;
        if (SecretSetting.Read(settings, key) is not { } text)
        {
            if (!IsGiven(configuration)) { settings.Fault(key, "is missing: a PostgreSQL connection string, or postgresql://user:password@host/database"); }
            return "";
        }

        try
        {
            var parsed = PostgresUrl.IsOne(text) ? PostgresUrl.Parse(text) : new NpgsqlConnectionStringBuilder(text);
            if (!string.IsNullOrEmpty(parsed.Host)) { return parsed.ConnectionString; }
            settings.Fault(key, "names no host.");
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or OverflowException)
        {
            // The parser's message may repeat the text, and the text holds a password.
            settings.Fault(key, "is neither a connection string nor a postgresql:// URL that can be understood.");
        }

        return "";
    }
}
