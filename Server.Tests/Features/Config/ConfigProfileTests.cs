using AuthCore.Protocol;

namespace AuthCore.Tests.Features.Config;

/// <summary>A profile fills in what an entry leaves out, and is heard on what it says.</summary>
public sealed class ConfigProfileTests
{
    private const string Entry = "clients:\n  - client_id: web\n    redirect_uris: [https://a.example/cb]\n    profile: strict\n    client_secret: 0123456789abcdef0123456789abcdef\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_not_written_is_the_profiles_and_stored_as_if_it_were_written()
    {
        await using var server = await ConfigHarness.CreateAsync();
        server.Profiles = [new Strict()];

        Assert.NotEmpty((await server.ApplyAsync(Entry)).Written);
        Assert.Empty((await server.ApplyAsync(Entry)).Written);
        var client = (await server.Clients.FindAsync("web", Ct))!;
        Assert.True(client is { Profile: "strict", RefreshTokenRotation: false, AuthorizationCodeLifetime: 30, StrictRedirectUris: true });
        Assert.Equal(["ES256"], client.AllowedSigningAlgs);

        await server.ApplyAsync(Entry.Replace("    profile: strict\n", "", StringComparison.Ordinal));
        Assert.True((await server.Clients.FindAsync("web", Ct))! is { Profile: null, RefreshTokenRotation: true, AuthorizationCodeLifetime: null, StrictRedirectUris: false, AllowedSigningAlgs: [] });
    }

    [Fact]
    public async Task Every_contradiction_is_told_with_the_line_of_its_key_and_nothing_is_written()
    {
        await using var server = await ConfigHarness.CreateAsync();
        server.Profiles = [new Strict()];

        var message = await server.FaultsOfAsync(
            "resources: [{identifier: https://old.example, signing_alg: RS256}]\n" + Entry
            + "    refresh_token_rotation: true\n    authorization_code_lifetime: 90\n    resources: [https://old.example]\n    allowed_signing_algs: [ES256, RS256]\n");

        Assert.Contains("authcore.yaml:7: client: refresh_token_rotation is true", message, StringComparison.Ordinal);
        Assert.Contains("authcore.yaml:8: client: authorization_code_lifetime is 90", message, StringComparison.Ordinal);
        Assert.Contains("authcore.yaml:9: client: resources has 'https://old.example', whose access tokens are signed with RS256; profile strict demands ES256", message, StringComparison.Ordinal);
        Assert.Null(await server.Clients.FindAsync("web", Ct));
    }

    [Fact]
    public async Task A_word_that_names_no_profile_is_refused_at_its_line()
    {
        await using var server = await ConfigHarness.CreateAsync();

        Assert.Contains("authcore.yaml:4: client: profile is not supported by this server", await server.FaultsOfAsync(Entry), StringComparison.Ordinal);
        server.Profiles = [new Strict()];
        Assert.Contains("authcore.yaml:4: client: profile must be one of strict", await server.FaultsOfAsync(Entry.Replace(": strict", ": stricter", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private sealed class Strict : IClientProfile
    {
        public string Name => "strict";

        public Client Complete(Client client, Func<string, bool> isWritten) => client with
        {
            RefreshTokenRotation = isWritten("refresh_token_rotation") && client.RefreshTokenRotation,
            AuthorizationCodeLifetime = isWritten("authorization_code_lifetime") ? client.AuthorizationCodeLifetime : 30,
            StrictRedirectUris = true,
            AllowedSigningAlgs = isWritten("allowed_signing_algs") ? client.AllowedSigningAlgs : ["ES256"],
            IdTokenSignedResponseAlg = "ES256",
        };

        public IEnumerable<(string Name, string Fault)> FindFaults(Client client, ServerCapabilities capabilities) =>
        [
            .. client.RefreshTokenRotation ? [("refresh_token_rotation", "is true")] : Array.Empty<(string, string)>(),
            .. client.AuthorizationCodeLifetime > 30 ? [("authorization_code_lifetime", $"is {client.AuthorizationCodeLifetime}")] : Array.Empty<(string, string)>(),
        ];
    }
}
