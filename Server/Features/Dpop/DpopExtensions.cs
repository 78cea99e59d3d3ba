using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.Dpop;

/// <summary>The line of the composition root: there are no endpoints to map.</summary>
internal static class DpopExtensions
{
    /// <summary>Tokens bound to keys by proofs (RFC 9449). To be called before the options are loaded.</summary>
    /// <exception cref="Options.StartupException">A setting of DPoP has a fault.</exception>
    public static void AddDpop(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton(DpopOptions.Read(builder.Configuration))
        .AddSingleton<DpopNonces>()
        .AddSingleton<DpopProofStore>()
        .AddSingleton(new ExpiringRows("dpop_proofs", 1000, DpopProofStore.DeleteExpired))
        .AddSingleton<ITokenBinding, DpopBinding>()
        .AddSingleton<IMetadataPart, DpopMetadata>();
}
