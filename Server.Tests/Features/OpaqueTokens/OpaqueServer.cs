using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.OpaqueTokens;

/// <summary>A server with clients of both forms.</summary>
public sealed class OpaqueServer : IAsyncLifetime
{
    /// <summary>Acts for people.</summary>
    public static Client App { get; } = Seed.FirstParty with { ClientId = "opaque", AccessTokenFormat = "opaque" };

    /// <summary>The same with JWTs.</summary>
    public static Client JwtApp { get; } = App with { ClientId = "plain", AccessTokenFormat = "jwt" };

    /// <summary>Its tokens live for an hour.</summary>
    public static Client LongApp { get; } = App with { ClientId = "long", AccessTokenLifetime = 3600 };

    /// <summary>Acts for itself.</summary>
    public static Client Job { get; } = Seed.Machine with { ClientId = "opaque-job", AccessTokenFormat = "opaque" };

    /// <summary>The same with JWTs.</summary>
    public static Client JwtJob { get; } = Job with { ClientId = "plain-job", AccessTokenFormat = null };

    /// <summary>The server itself.</summary>
    public AuthCoreApp Core { get; } = new();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await Core.InitializeAsync();
        foreach (var client in new[] { App, JwtApp, LongApp, Job, JwtJob })
        {
            await Core.SaveAsync(client);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Core.DisposeAsync();

    /// <summary>Writes a resource.</summary>
    public async Task SaveAsync(ResourceDefinition resource)
    {
        await Core.Get<ScopeStore>().SaveResourceAsync(resource, CancellationToken.None);
        await Core.Get<Catalog>().StartAsync(CancellationToken.None);
    }
}
