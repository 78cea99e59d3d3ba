using System.Buffers.Text;

namespace AuthCore.Options;

/// <summary>Reads and checks every setting of the core at once.</summary>
public static class OptionsLoader
{
    private const string DevelopmentIssuer = "http://localhost:8080";

    /// <exception cref="StartupException">Lists all faults, each with its environment variable.</exception>
    public static AuthCoreOptions Load(IConfiguration configuration, bool isDevelopment)
    {
        var settings = new Settings(configuration);
        var acr = AcrSettings.Levels(settings);
        var options = new AuthCoreOptions
        {
            IsDevelopment = isDevelopment,
            Issuer = Issuer(settings, isDevelopment),
            Database = DatabaseSetting.Read(settings, configuration),
            MasterKey = MasterKey(settings, configuration),
            ConfigFile = ConfigFile(settings),
            KnownProxies = Addresses(settings, "AuthCore:KnownProxies", []),
            OutboundAllowed = Addresses(settings, "AuthCore:Outbound:Allowed", isDevelopment ? ["127.0.0.1", "::1"] : []),
            PasswordHashing = NumberSettings.PasswordHashing(settings, isDevelopment),
            Lifetimes = NumberSettings.Lifetimes(settings),
            CleanupInterval = settings.Time("AuthCore:CleanupInterval", AuthCoreOptions.DefaultCleanupInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            Lockout = NumberSettings.Lockout(settings),
            Acr = acr,
            UserInfo = AcrSettings.UserInfo(settings, acr),
        };
        settings.RefuseUnknown("AuthCore");

        return settings.Faults.Count == 0 ? options : throw new StartupException(Message(settings.Faults));
    }

    private static string Issuer(Settings settings, bool isDevelopment)
    {
        const string Key = "AuthCore:Issuer";
        var issuer = settings.Text(Key) ?? (isDevelopment ? DevelopmentIssuer : null);
        if (issuer is null) { settings.Fault(Key, "is missing: the https address that browsers and clients reach this server by."); }
        else if (IssuerRules.Fault(issuer, isDevelopment) is { } fault) { settings.Fault(Key, fault); }

        return issuer ?? "";
    }

    private static byte[] MasterKey(Settings settings, IConfiguration configuration)
    {
        const string Key = "AuthCore:MasterKey";
        if (SecretSetting.Read(settings, Key) is not { } text)
        {
            if (!SecretSetting.IsGiven(configuration, Key)) { settings.Fault(Key, "is missing: 32 random bytes in base64, as `openssl rand -base64 32` makes them."); }
            return [];
        }

        var key = new byte[32];
        var unpadded = text.Replace('+', '-').Replace('/', '_').TrimEnd('=');
        if (unpadded.Length == 43 && Base64Url.IsValid(unpadded, out var length) && length == key.Length
            && Base64Url.TryDecodeFromChars(unpadded, key, out _))
        {
            return key;
        }

        settings.Fault(Key, "must be base64 of exactly 32 bytes, as `openssl rand -base64 32` makes them.");
        return [];
    }

    private static string? ConfigFile(Settings settings)
    {
        const string Key = "AuthCore:Config";
        var path = settings.Text(Key);
        if (path is not null && !File.Exists(path)) { settings.Fault(Key, $"names a file that does not exist: {path}"); }

        return path is null ? null : Path.GetFullPath(path);
    }

    private static string[] Addresses(Settings settings, string key, string[] otherwise)
    {
        var addresses = settings.List(key);
        foreach (var fault in addresses.Select(ProxyRules.Fault).OfType<string>()) { settings.Fault(key, fault); }

        return addresses.Length > 0 ? addresses : otherwise;
    }

    private static string Message(IReadOnlyList<string> faults) =>
        $"AuthCore cannot start with these settings:{string.Concat(faults.Select(fault => $"{Environment.NewLine}  {fault}"))}";
}
