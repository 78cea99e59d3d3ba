using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Clients;

/// <summary>RFC 8707 with openid-client of npm: a client nobody here wrote asks for one API at a time.</summary>
public sealed class ResourceIndicatorsTests(KestrelApp server) : IClassFixture<KestrelApp>
{
    private const string Files = "https://files.example";
    private const string Notes = "https://notes.example";

    private static readonly string[] s_scopes = ["read:files", "read:notes"];

    [Theory]
    [InlineData("narrowing")]
    [InlineData("at_once")]
    [InlineData("invalid_target")]
    [InlineData("client_credentials")]
    public async Task Openid_client_gets_a_token_for_each_resource(string scenario)
    {
        NodeScript.Demand("openid-client");
        var ct = TestContext.Current.CancellationToken;

        var result = Assert.Single(await NodeScript.RunAsync("resource-indicators.mjs", await SettingsAsync(server), ct, scenario));

        Assert.True(result.GetProperty("ok").GetBoolean(), result.ToString());
    }

    /// <summary>Writes what the script needs.</summary>
    /// <returns>Its settings.</returns>
    internal static async Task<string> SettingsAsync(KestrelApp server)
    {
        var app = server.App;
        var own = server.Issuer + "/api";
        await app.Get<ScopeStore>().SaveAsync(new ScopeDefinition { Name = "read:notes", Title = "Read your notes" }, CancellationToken.None);
        await app.SaveAsync(new ResourceDefinition { Identifier = Files, Name = "Files", Scopes = ["read:files"] });
        await app.SaveAsync(new ResourceDefinition { Identifier = Notes, Name = "Notes", Scopes = ["read:notes"] });
        await app.SaveAsync(new ResourceDefinition { Identifier = own, Name = "Own", Scopes = ["read:files"], PublishMetadata = true });
        var reader = Seed.Web with { ClientId = "reader", Scope = ["openid", "offline_access", .. s_scopes], Resources = [Files, Notes] };
        var machine = Seed.Machine with { ClientId = "service", Scope = s_scopes, Resources = [Files, Notes] };
        await app.SaveAsync(reader);
        await app.SaveAsync(machine);
        return JsonSerializer.Serialize(new
        {
            issuer = server.Issuer,
            username = Seed.Alice.Username,
            password = AuthCoreApp.Password,
            files = Files,
            notes = Notes,
            foreign = "https://foreign.example",
            own,
            reader = new { id = reader.ClientId, secret = AuthCoreApp.Secret, redirectUri = reader.RedirectUris[0] },
            machine = new { id = machine.ClientId, secret = AuthCoreApp.Secret },
        });
    }
}
