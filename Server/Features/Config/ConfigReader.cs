using AuthCore.Protocol;
using FluentValidation.Results;

namespace AuthCore.Features.Config;

/// <summary>Reads the file's text into a model; every fault that can be seen without the database is noted.</summary>
internal sealed class ConfigReader(SecretReader secrets, ConfigFaults faults, IReadOnlyList<IClientProfile> profiles)
{
    public ConfigModel Read(ReadOnlySpan<byte> utf8)
    {
        var root = new MapReader(YamlReader.Read(utf8, faults), "file", faults);
        var model = new ConfigModel
        {
            DemoLine = root.Bool("demo") == true ? root.LineOf("demo") : null,
            Scopes = [.. root.Maps("scopes", "scope").Select(ReadScope)],
            Resources = [.. root.Maps("resources", "resource").Select(ReadResource)],
            Clients = [.. root.Maps("clients", "client").Select(map => ClientReader.Read(map, secrets, profiles))],
            Users = [.. root.Maps("users", "user").Select(map => UserReader.Read(map, secrets))],
        };
        root.RefuseUnknown();
        RefuseTwice(model.Scopes, entry => entry.Value.Name, entry => entry.Source, "name");
        RefuseTwice(model.Resources, entry => entry.Value.Identifier, entry => entry.Source, "identifier");
        RefuseTwice(model.Clients, entry => entry.Client.ClientId, entry => entry.Source, "client_id");
        RefuseTwice(model.Users.Where(entry => entry.User.Subject.Length > 0), entry => entry.User.Subject, entry => entry.Source, "sub");
        return model;
    }

    /// <summary>Notes each failure of a rule at the line of its key.</summary>
    public static void Note(ValidationResult result, MapReader source)
    {
        foreach (var failure in result.Errors)
        {
            source.Fault(failure.PropertyName, failure.ErrorMessage);
        }
    }

    private static Entry<ScopeDefinition> ReadScope(MapReader map)
    {
        var name = map.Text("name") ?? "";
        var standard = StandardScopes.Find(name);
        var claims = map.Texts("claims");
        if (standard is not null && claims is not null)
        {
            map.Fault("claims", "of a standard scope are fixed by OpenID Connect");
        }

        var scope = new ScopeDefinition
        {
            Name = name,
            Title = map.Text("title") ?? standard?.Title ?? "",
            Description = map.Text("description") ?? (map.Has("title") ? null : standard?.Description),
            Required = map.Bool("required") ?? standard?.Required ?? false,
            Personal = map.Bool("personal") ?? standard?.Personal ?? false,
            Claims = standard?.Claims ?? claims ?? [],
        };
        map.RefuseUnknown();
        Note(new ScopeRules().Validate(scope), map);
        return new Entry<ScopeDefinition>(scope, map);
    }

    private static Entry<ResourceDefinition> ReadResource(MapReader map)
    {
        var identifier = map.Text("identifier") ?? "";
        var resource = new ResourceDefinition
        {
            Identifier = identifier,
            Name = map.Text("name") ?? identifier,
            Scopes = map.Words("scopes") ?? [],
            AccessTokenLifetime = map.Seconds("access_token_lifetime"),
            SigningAlg = map.Text("signing_alg") ?? "ES256",
            AccessTokenFormat = map.Text("access_token_format"),
            IntrospectionClients = map.Words("introspection_clients") ?? [],
            PublishMetadata = map.Bool("publish_metadata") ?? false,
        };
        map.RefuseUnknown();
        return new Entry<ResourceDefinition>(resource, map);
    }

    private static void RefuseTwice<T>(IEnumerable<T> entries, Func<T, string> key, Func<T, MapReader> source, string name)
    {
        foreach (var same in entries.GroupBy(key, StringComparer.Ordinal))
        {
            foreach (var again in same.Skip(1))
            {
                source(again).Fault(name, $"'{ConfigFaults.Printable(same.Key)}' is given twice; first in line {source(same.First()).LineOf(name)}");
            }
        }
    }
}
