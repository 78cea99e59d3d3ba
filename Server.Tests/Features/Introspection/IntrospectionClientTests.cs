using System.Text.Json;
using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Clients;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Introspection;

/// <summary>A client nobody here wrote, openid-client of npm, asks about tokens.</summary>
public sealed class IntrospectionClientTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    [Fact]
    public async Task Openid_client_gets_through()
    {
        NodeScript.Demand("openid-client");
        var app = server.App;
        var signing = app.Get<ServerCapabilities>().IdTokenSigningAlgs
            .Select(alg => IntrospectionServer.FilesApi with { ClientId = "signed-" + alg, IntrospectionSignedResponseAlg = alg }).ToArray();
        foreach (var client in signing.Append(IntrospectionServer.FilesApi).Append(IntrospectionServer.App))
        {
            await app.SaveAsync(client);
        }

        var files = IntrospectionServer.Files;
        await app.Get<ScopeStore>().SaveResourceAsync(files with { IntrospectionClients = [.. files.IntrospectionClients, .. signing.Select(client => client.ClientId)] }, CancellationToken.None);
        await app.Get<Catalog>().StartAsync(CancellationToken.None);

        var results = await NodeScript.RunAsync("introspection.mjs", Settings(signing), TestContext.Current.CancellationToken);

        Assert.Equal(4, results.Count);
        Assert.All(results, result => Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString()));
    }

    private string Settings(Client[] signing)
    {
        var clients = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["app"] = new { id = IntrospectionServer.App.ClientId, secret = AuthCoreApp.Secret, redirectUri = IntrospectionServer.App.RedirectUris[0], scope = "openid offline_access read:files" },
            ["api"] = new { id = IntrospectionServer.FilesApi.ClientId, secret = AuthCoreApp.Secret, resource = IntrospectionServer.Files.Identifier },
            ["stranger"] = new { id = Seed.Machine.ClientId, secret = AuthCoreApp.Secret },
            ["public"] = new { id = Seed.Native.ClientId },
        };
        foreach (var client in signing)
        {
            clients[client.ClientId] = new { id = client.ClientId, secret = AuthCoreApp.Secret };
        }

        return JsonSerializer.Serialize(new { issuer = server.Issuer, username = Seed.Alice.Username, password = AuthCoreApp.Password, clients });
    }
}
