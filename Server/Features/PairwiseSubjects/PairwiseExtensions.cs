using AuthCore.Flows;
using AuthCore.Protocol;

namespace AuthCore.Features.PairwiseSubjects;

/// <summary>The line of the composition root; there is nothing to map.</summary>
internal static class PairwiseExtensions
{
    /// <summary>OIDC Core §8.1: pairwise subjects for the clients that are registered for them.</summary>
    public static IServiceCollection AddPairwiseSubjects(this IServiceCollection services) => services
        .AddSingleton<PairwiseSecretStore>()
        .AddSingleton<PairwiseSubjects>()
        .AddSingleton<ISubjectType>(provider => provider.GetRequiredService<PairwiseSubjects>())
        .AddHostedService(provider => provider.GetRequiredService<PairwiseSubjects>())
        .AddSingleton<IMetadataPart, PairwiseMetadata>();
}

/// <summary>OIDC Discovery §3, OIDC Registration §2.</summary>
internal sealed class PairwiseMetadata : IMetadataPart
{
    /// <inheritdoc/>
    public ServerCapabilities Extend(ServerCapabilities capabilities) => capabilities with
    {
        SubjectTypes = [.. capabilities.SubjectTypes, SectorIdentifier.Pairwise],
        ClientMetadata = [.. capabilities.ClientMetadata, "sector_identifier_uri"],
    };
}
