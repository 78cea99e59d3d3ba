using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Features.Config;

/// <summary>Judges what needs more than one entry: clients against scopes and resources, resources against scopes, and the file against where it runs.</summary>
internal sealed class ConfigJudge(AuthCoreOptions options, ServerCapabilities capabilities, ConfigStore entries, ScopeStore store)
{
    /// <summary>Notes every fault.</summary>
    /// <returns>The users, in the order they can be written in.</returns>
    public async Task<IReadOnlyList<PlannedUser>> JudgeAsync(ConfigContext context, ConfigFaults faults, CancellationToken ct)
    {
        // What the file wrote before and names no more is about to go: nothing may lean on it.
        var model = context.Model;
        var scopes = (await store.ListAsync(ct)).Select(scope => scope.Name).Where(name => context.Find(EntryRow.Scope, name) is null);
        var resources = (await store.ListResourcesAsync(ct)).Where(resource => context.Find(EntryRow.Resource, resource.Identifier) is null);
        Judge(model, scopes, resources);
        await JudgeIntrospectionAsync(context, ct);
        if (!options.IsDevelopment)
        {
            RefuseDemo(model, faults);
        }

        var keys = await entries.ListUserKeysAsync(
            [.. model.Users.Select(entry => entry.User.Subject).Where(subject => subject.Length > 0)], [.. model.Users.SelectMany(UserPlan.KeysOf)], ct);
        return UserPlan.Make(model.Users, keys, () => Guid.CreateVersion7(context.Now).ToString());
    }

    private void Judge(ConfigModel model, IEnumerable<string> scopes, IEnumerable<ResourceDefinition> resources)
    {
        var allScopes = scopes.Concat(StandardScopes.All.Select(scope => scope.Name)).Concat(model.Scopes.Select(entry => entry.Value.Name)).ToHashSet(StringComparer.Ordinal);
        var definitions = resources.Concat(model.Resources.Select(entry => entry.Value)).ToLookup(resource => resource.Identifier, StringComparer.Ordinal);
        var allResources = definitions.Select(same => same.Key).ToHashSet(StringComparer.Ordinal);

        var resourceRules = new ResourceDefinitionRules(options.Issuer, capabilities, allScopes);
        foreach (var (resource, source) in model.Resources)
        {
            ConfigReader.Note(resourceRules.Validate(resource), source);
        }

        var clientRules = new ClientMetadataRules(capabilities, allScopes, allResources);
        foreach (var entry in model.Clients)
        {
            ConfigReader.Note(clientRules.Validate(entry.Client), entry.Source);
            foreach (var resource in entry.Client.Resources.SelectMany(id => definitions[id].TakeLast(1)))
            {
                if (FindFault(entry.Client, resource) is { } fault)
                {
                    entry.Source.Fault("resources", fault);
                }
            }
        }
    }

    // RFC 7662 §2.1: a name that nobody can ask by would be an API that is told "not active" of every token.
    private async Task JudgeIntrospectionAsync(ConfigContext context, CancellationToken ct)
    {
        string[] named = [.. context.Model.Resources.SelectMany(entry => entry.Value.IntrospectionClients).Distinct()];
        var methods = named.Length == 0 ? [] : (await entries.ListClientMethodsAsync(named, ct))
            .Where(client => context.Find(EntryRow.Client, client.ClientId) is null).ToDictionary(client => client.ClientId, client => client.Method, StringComparer.Ordinal);
        foreach (var (client, _, _, _) in context.Model.Clients)
        {
            methods[client.ClientId] = client.TokenEndpointAuthMethod;
        }

        foreach (var (resource, source) in context.Model.Resources)
        {
            foreach (var name in resource.IntrospectionClients.Where(name => methods.GetValueOrDefault(name, "none") == "none"))
            {
                source.Fault("introspection_clients", $"names '{ConfigFaults.Printable(name)}', {(methods.ContainsKey(name) ? "a public client, which cannot ask" : "which is no client of this server")}");
            }
        }
    }

    // By the algorithms that are written, and by those of the profile, should others be written against it.
    private string? FindFault(Client client, ResourceDefinition resource) =>
        ClientAlgorithmRules.FindFault(client, resource)
        ?? (capabilities.FindProfile(client.Profile) is { } profile ? ClientAlgorithmRules.FindFault(profile.Complete(client, name => name != "allowed_signing_algs"), resource) : null);

    // Outside Development, whatever everybody knows is refused.
    private static void RefuseDemo(ConfigModel model, ConfigFaults faults)
    {
        var demo = new ConfigReader(new SecretReader(_ => null, isDevelopment: true), new ConfigFaults("demo"), []).Read(ConfigSource.Demo().Utf8);
        if (model.DemoLine is { } line)
        {
            faults.Add(line, "demo: a demo configuration is for Development only");
        }

        var secrets = demo.Clients.SelectMany(entry => entry.Client.Secrets).Select(secret => Convert.ToHexString(secret.Hash)).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in model.Clients.Where(entry => entry.Client.Secrets.Any(secret => secrets.Contains(Convert.ToHexString(secret.Hash)))))
        {
            faults.Add(entry.Source.LineOf("client_secret", "client_secret_env", "client_secret_hash", "client_secrets"), "client: this secret is that of a demo client, which everybody knows");
        }

        var passwords = demo.Users.Select(entry => entry.Password?.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in model.Users.Where(entry => entry.Password is { IsHash: false } password && passwords.Contains(password.Value)))
        {
            faults.Add(entry.Source.LineOf("password", "password_env"), "user: this password is that of a demo user, which everybody knows");
        }
    }
}
