using AuthCore.Flows;
using AuthCore.Protocol;

namespace AuthCore.Features.Jarm;

/// <summary>The line of the composition root.</summary>
internal static class JarmExtensions
{
    /// <summary>JARM: authorization responses as signed JWTs.</summary>
    public static void AddJarm(this IServiceCollection services) => services
        .AddSingleton<IResponseEncoder, JwtResponses>()
        .AddSingleton<IMetadataPart, JarmMetadata>();
}
