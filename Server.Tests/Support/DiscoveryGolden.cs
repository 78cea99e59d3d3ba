using System.Text.Json.Nodes;

namespace AuthCore.Tests.Support;

/// <summary>
/// The metadata document that is expected: the core's golden, united with a fragment for each feature that is there
/// (<c>Features/*/discovery.golden.json</c>: the members, or the further items of a list, that the feature adds).
/// </summary>
internal static class DiscoveryGolden
{
    private static readonly JsonObject s_core = Read(Path.Combine(SourceTree.Root, "Server.Tests", "Endpoints", "DiscoveryTests.golden.json"));

    private static readonly JsonObject[] s_fragments =
        [.. Directory.GetFiles(Path.Combine(SourceTree.Root, "Server.Tests", "Features"), "discovery.golden.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>The whole document, its members and the items of its lists in order of name: features may stand in any order.</summary>
    public static string Expected()
    {
        var whole = s_core.DeepClone().AsObject();
        foreach (var (name, value) in s_fragments.SelectMany(fragment => fragment))
        {
            if (value is JsonArray added && whole[name] is JsonArray list)
            {
                foreach (var item in added.Where(item => !list.Any(known => JsonNode.DeepEquals(known, item))))
                {
                    list.Add(item!.DeepClone());
                }
            }
            else
            {
                whole[name] = value?.DeepClone();
            }
        }

        FollowToken(whole);
        return Ordered(whole);
    }

    // RFC 8414 §2: every endpoint that authenticates clients does it as the token endpoint does, in whatever ways features add.
    private static void FollowToken(JsonObject whole)
    {
        const string Methods = "_endpoint_auth_methods_supported";
        const string Algorithms = "_endpoint_auth_signing_alg_values_supported";
        foreach (var (name, list) in whole.Where(member => member.Key.EndsWith(Methods, StringComparison.Ordinal) && member.Key != "token" + Methods).ToArray())
        {
            foreach (var method in OfFeatures("token" + Methods).Where(method => !list!.AsArray().Any(known => known!.GetValue<string>() == method)))
            {
                list!.AsArray().Add(method);
            }

            if (whole["token" + Algorithms] is { } algorithms)
            {
                whole[name[..^Methods.Length] + Algorithms] = algorithms.DeepClone();
            }
        }
    }

    /// <summary>A delivered document in the same order.</summary>
    public static string Ordered(string document) => Ordered(JsonNode.Parse(document)!.AsObject());

    /// <summary>What features add to a list of the core, which the core's tests leave to them.</summary>
    public static string[] OfFeatures(string name) =>
        [.. s_fragments.Select(fragment => fragment[name]).OfType<JsonArray>().SelectMany(list => list).Select(item => item!.GetValue<string>()).Distinct()];

    /// <summary>Whether a feature says something else of a member than the core.</summary>
    public static bool IsOfFeatures(string name) => s_fragments.Any(fragment => fragment.ContainsKey(name));

    private static string Ordered(JsonObject document)
    {
        var ordered = new JsonObject();
        foreach (var (name, value) in document.OrderBy(member => member.Key, StringComparer.Ordinal))
        {
            ordered[name] = value is JsonArray list ? new JsonArray([.. list.OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal).Select(item => item?.DeepClone())]) : value?.DeepClone();
        }

        return ordered.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
    }

    private static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();
}
