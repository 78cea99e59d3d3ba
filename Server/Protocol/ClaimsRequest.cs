using System.Text.Json;

namespace AuthCore.Protocol;

/// <summary>
/// OIDC Core §5.5: which claims were asked for, one by one. Values bind for <c>sub</c> and <c>acr</c> alone; of any other claim the person's own value
/// is given, whatever was wished for, and a claim that is not there is never an error, essential or not (§5.5.1).
/// </summary>
public sealed class ClaimsRequest
{
    private const int MaxLength = 4096;
    private const int MaxDepth = 6;
    private const int MaxClaims = 100;

    private ClaimsRequest(string json, Asked[] idToken, Asked[] userInfo)
    {
        Json = json;
        IdToken = [.. idToken.Select(claim => claim.Name)];
        UserInfo = [.. userInfo.Select(claim => claim.Name)];
        Essential = [.. idToken.Concat(userInfo).Where(claim => claim.IsEssential).Select(claim => claim.Name).Distinct()];
        Subjects = Both(ValuesOf("sub", idToken), ValuesOf("sub", userInfo));

        var acr = idToken.FirstOrDefault(claim => claim.Name == "acr");   // the ID token's only: userinfo has no acr
        EssentialAcr = acr is { IsEssential: true } ? acr.Values : null;
        VoluntaryAcr = acr is { IsEssential: false } ? acr.Values ?? [] : [];
    }

    /// <summary>The parameter as sent.</summary>
    public string Json { get; }

    /// <summary>Names asked for in the ID token.</summary>
    public string[] IdToken { get; }

    /// <summary>Names asked for at userinfo.</summary>
    public string[] UserInfo { get; }

    /// <summary>OIDC Core §5.5.1: names that the application says it needs for a smooth authorization; people are told so.</summary>
    public string[] Essential { get; }

    /// <summary>OIDC Core §5.5.1: the values of <c>sub</c> of which the user must have one, as the client calls them; null where anybody will do.</summary>
    public string[]? Subjects { get; }

    /// <summary>OIDC Core §5.5.1.1: the <c>acr</c> values of which one is essential, in order of preference; null where any will do.</summary>
    public string[]? EssentialAcr { get; }

    /// <summary>OIDC Core §5.5.1.1: the <c>acr</c> values that are wished for, in order of preference.</summary>
    public string[] VoluntaryAcr { get; }

    /// <summary>Reads the <c>claims</c> parameter: a JSON object of bounded size and depth without repeated members. Members not understood are ignored, those of a wrong type refused.</summary>
    public static Result<ClaimsRequest> Parse(string json)
    {
        var fault = ProtocolError.InvalidRequest("The parameter 'claims' is not a claims request of OIDC Core section 5.5.");
        if (json.Length > MaxLength)
        {
            return fault;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Read(root, "id_token") is not { } idToken || Read(root, "userinfo") is not { } userInfo)
            {
                return fault;
            }

            var claims = new ClaimsRequest(json, idToken, userInfo);
            return claims.Subjects is [] ? fault : claims;   // two values that nobody can have at once
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return fault;   // the latter two: a lone surrogate, escaped or not
        }
    }

    // Null where the part is not as the standard has it.
    private static Asked[]? Read(JsonElement root, string member)
    {
        if (!root.TryGetProperty(member, out var part) || part.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (part.ValueKind != JsonValueKind.Object || part.EnumerateObject().Count() > MaxClaims)
        {
            return null;
        }

        var asked = part.EnumerateObject().Select(ReadClaim).OfType<Asked>().ToArray();
        return asked.Length == part.EnumerateObject().Count() ? asked : null;
    }

    private static Asked? ReadClaim(JsonProperty claim)
    {
        if (claim.Name.Contains('\0', StringComparison.Ordinal) || claim.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object))
        {
            return null;
        }

        var (wish, isEssential) = (claim.Value, false);
        if (wish.ValueKind == JsonValueKind.Null)
        {
            return new Asked(claim.Name, isEssential, Values: null);
        }

        // A wish that was meant to bind and is misspelt must not become one that does not.
        if (wish.TryGetProperty("essential", out var essential))
        {
            if (essential.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return null;
            }

            isEssential = essential.GetBoolean();
        }

        JsonElement[] values = [];
        if (wish.TryGetProperty("values", out var list))
        {
            if (list.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            values = [.. list.EnumerateArray()];
        }

        return claim.Name is not ("sub" or "acr") ? new Asked(claim.Name, isEssential, Values: null)
            : list.ValueKind == JsonValueKind.Array && values.Length == 0 ? null   // one of none
            : TryReadTexts(values, wish, out var texts) ? new Asked(claim.Name, isEssential, texts)
            : null;
    }

    // `value` and `values` together ask for what is in both.
    private static bool TryReadTexts(JsonElement[] values, JsonElement wish, out string[]? texts)
    {
        texts = null;
        JsonElement[] value = wish.TryGetProperty("value", out var one) ? [one] : [];
        if (values.Concat(value).Any(v => v.ValueKind != JsonValueKind.String || v.GetString()!.Contains('\0', StringComparison.Ordinal)))
        {
            return false;   // NUL: the escape brings back what no parameter may hold
        }

        texts = Both(TextsOf(value), TextsOf(values));
        return true;
    }

    private static string[]? TextsOf(JsonElement[] values) => values.Length == 0 ? null : [.. values.Select(value => value.GetString()!)];

    private static string[]? ValuesOf(string name, Asked[] claims) => claims.FirstOrDefault(claim => claim.Name == name)?.Values;

    private static string[]? Both(string[]? one, string[]? other) => one is null ? other : other is null ? one : [.. one.Intersect(other, StringComparer.Ordinal)];

    private sealed record Asked(string Name, bool IsEssential, string[]? Values);
}
