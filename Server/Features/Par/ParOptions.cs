using AuthCore.Options;

namespace AuthCore.Features.Par;

/// <summary>What the operator decided about pushed authorization requests.</summary>
internal sealed record ParOptions
{
    private const string LifetimeKey = "AuthCore:Par:Lifetime";
    private const string RequiredKey = "AuthCore:Par:Required";

    /// <summary>RFC 9126 §2.2: how long a <c>request_uri</c> is taken; FAPI 2.0 Security Profile §5.3.2.2: under 600 seconds.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>RFC 9126 §5: whether requests arrive in no other way, whoever the client is.</summary>
    public bool Required { get; init; }

    /// <summary>Reads the settings; to be called before the core's are loaded, which knows of no others than those claimed.</summary>
    /// <exception cref="StartupException">Lists every fault.</exception>
    public static ParOptions Read(IConfigurationManager configuration)
    {
        configuration.Claim(LifetimeKey, RequiredKey);
        var settings = new Settings(configuration);
        var required = settings.Text(RequiredKey)?.ToLowerInvariant();
        if (required is not (null or "true" or "false"))
        {
            settings.Fault(RequiredKey, "must be true or false.");
        }

        var options = new ParOptions
        {
            Lifetime = settings.Time(LifetimeKey, new ParOptions().Lifetime, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(599)),
            Required = required == "true",
        };
        return settings.Faults.Count == 0
            ? options
            : throw new StartupException($"AuthCore cannot start with these settings:{string.Concat(settings.Faults.Select(fault => $"{Environment.NewLine}  {fault}"))}");
    }
}
