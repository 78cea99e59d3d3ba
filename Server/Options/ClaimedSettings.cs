namespace AuthCore.Options;

/// <summary>How a feature says which settings are its own, so that they are not taken for misspelt ones.</summary>
internal static class ClaimedSettings
{
    private const string Section = "AuthCore.Claimed";

    /// <summary>Claims a key such as `AuthCore:Feature:Setting`; to be called before the options are loaded.</summary>
    public static void Claim(this IConfigurationManager configuration, params string[] keys) =>
        configuration.AddInMemoryCollection(keys.Select(key => KeyValuePair.Create($"{Section}:{key}", (string?)"claimed")));

    public static bool IsClaimed(this IConfiguration configuration, string key) => configuration[$"{Section}:{key}"] is not null;
}
