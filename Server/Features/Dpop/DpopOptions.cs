using AuthCore.Options;

namespace AuthCore.Features.Dpop;

/// <summary>What an operator may set of DPoP for the whole server.</summary>
internal sealed record DpopOptions
{
    private const string RequireNonceKey = "AuthCore:Dpop:RequireNonce";

    /// <summary>RFC 9449 §8: whether every proof must carry a nonce of ours; else those of clients with <c>require_dpop_nonce</c>.</summary>
    public bool RequireNonce { get; init; }

    /// <summary>Reads the settings, and says that they are no misspelt ones; to be called before the options of the core are loaded.</summary>
    /// <exception cref="StartupException">A setting is neither true nor false.</exception>
    public static DpopOptions Read(IConfigurationManager configuration)
    {
        configuration.Claim(RequireNonceKey);
        return configuration[RequireNonceKey]?.Trim().ToLowerInvariant() switch
        {
            null or "" or "false" => new DpopOptions(),
            "true" => new DpopOptions { RequireNonce = true },
            _ => throw new StartupException("AuthCore cannot start with this setting: AUTHCORE__DPOP__REQUIRENONCE must be true or false."),
        };
    }
}
