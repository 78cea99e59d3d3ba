using System.Reflection;
using System.Text.Json;
using Xunit.v3;

namespace AuthCore.Tests.Support;

/// <summary>RFC 8414 §2: says of a test which member of the metadata it tries on a running server, and which of its values.</summary>
/// <param name="member">The member's name.</param>
/// <param name="values">Items of a list, or <c>true</c> or <c>false</c>. None: whatever is there, because the test takes it from the document.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ProvesAttribute(string member, params string[] values) : Attribute
{
    public string Member => member;

    public IReadOnlyList<string> Values => values;
}

/// <summary>What the tests of core and features prove of a metadata document, and what of it nobody has tried.</summary>
internal static class Proofs
{
    private static readonly ProvesAttribute[] s_all =
    [
        .. typeof(Proofs).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Where(IsRun).SelectMany(method => method.GetCustomAttributes<ProvesAttribute>()),
    ];

    /// <summary>Members without a test, and values without one, as <c>name</c> or <c>name: value</c>.</summary>
    public static string[] MissingOf(JsonElement document) => MissingOf(document, s_all);

    /// <summary>The same for other proofs than those of this assembly.</summary>
    public static string[] MissingOf(JsonElement document, IReadOnlyCollection<ProvesAttribute> proofs) =>
        [.. document.EnumerateObject().SelectMany(member => MissingOf(member, [.. proofs.Where(proof => proof.Member == member.Name)]))];

    private static IEnumerable<string> MissingOf(JsonProperty member, ProvesAttribute[] proofs) =>
        proofs.Length == 0 ? [member.Name]
            : proofs.Any(proof => proof.Values.Count == 0) ? []
            : ValuesOf(member.Value).Where(value => !proofs.Any(proof => proof.Values.Contains(value))).Select(value => $"{member.Name}: {value}");

    private static IEnumerable<string> ValuesOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Select(item => item.ToString()),
        JsonValueKind.Object => value.EnumerateObject().Select(item => item.Name),
        JsonValueKind.True => ["true"],
        JsonValueKind.False => ["false"],
        _ => [value.ToString()],
    };

    // A test that is skipped proves nothing.
    private static bool IsRun(MethodInfo method) => method.GetCustomAttributes().OfType<IFactAttribute>().Any(fact => fact.Skip is null);
}
