using System.Text.Json;

namespace AuthCore.Protocol;

/// <summary>OIDC Core §5.5: which claims were asked for, one by one.</summary>
public sealed class ClaimsRequest
{
    private const int MaxLength = 4096;
    private const int MaxDepth = 6;
    private const int MaxClaims = 100;

    private ClaimsRequest(string json, string[] idToken, string[] userInfo, string? subject) =>
        (Json, IdToken, UserInfo, Subject) = (json, idToken, userInfo, subject);

    /// <summary>The parameter as sent.</summary>
    public string Json { get; }

    /// <summary>Names asked for in the ID token.</summary>
    public string[] IdToken { get; }

    /// <summary>Names asked for at userinfo.</summary>
    public string[] UserInfo { get; }

    /// <summary>OIDC Core §5.5.1: the <c>sub</c> asked for by value, or null.</summary>
    public string? Subject { get; }

    /// <summary>OIDC Core §5.5.1.1: the <c>acr</c> values of which one is essential; null where any will do.</summary>
    public string[]? EssentialAcr { get; private init; }

    /// <summary>Reads the <c>claims</c> parameter: a JSON object of bounded size and depth without repeated members.</summary>
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
            if (root.ValueKind != JsonValueKind.Object || !TryReadNames(root, "id_token", out var idToken, out var subject)
                || !TryReadNames(root, "userinfo", out var userInfo, out var otherSubject)
                || !TryReadEssentialAcr(root, out var acr)
                || (subject is not null && otherSubject is not null && subject != otherSubject))
            {
                return fault;
            }

            return new ClaimsRequest(json, idToken, userInfo, subject ?? otherSubject) { EssentialAcr = acr };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return fault;   // the latter two: a lone surrogate, escaped or not
        }
    }

    private static bool TryReadNames(JsonElement root, string member, out string[] names, out string? subject)
    {
        names = [];
        subject = null;
        if (!root.TryGetProperty(member, out var part) || part.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        if (part.ValueKind != JsonValueKind.Object || part.EnumerateObject().Count() > MaxClaims)
        {
            return false;
        }

        foreach (var claim in part.EnumerateObject())
        {
            if (claim.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Object) || claim.Name.Contains('\0', StringComparison.Ordinal))
            {
                return false;
            }

            if (claim.Name == "sub" && claim.Value.ValueKind == JsonValueKind.Object && claim.Value.TryGetProperty("value", out var value))
            {
                if (value.ValueKind != JsonValueKind.String)
                {
                    return false;
                }

                subject = value.GetString()!;
                if (subject.Contains('\0', StringComparison.Ordinal))   // the escape brings back what no parameter may hold
                {
                    return false;
                }
            }
        }

        names = [.. part.EnumerateObject().Select(claim => claim.Name)];
        return true;
    }

    // The ID token's only: userinfo has no acr.
    private static bool TryReadEssentialAcr(JsonElement root, out string[]? acr)
    {
        acr = null;
        if (!root.TryGetProperty("id_token", out var part) || part.ValueKind != JsonValueKind.Object
            || !part.TryGetProperty("acr", out var asked) || asked.ValueKind != JsonValueKind.Object
            || !asked.TryGetProperty("essential", out var essential) || essential.ValueKind != JsonValueKind.True)
        {
            return true;
        }

        var isList = asked.TryGetProperty("values", out var list);
        JsonElement[] values = isList && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()]
            : asked.TryGetProperty("value", out var one) ? [one] : [];
        if ((isList && list.ValueKind != JsonValueKind.Array) || values.Any(value => value.ValueKind != JsonValueKind.String))
        {
            return false;
        }

        acr = values.Length > 0 ? [.. values.Select(value => value.GetString()!)] : null;
        return true;
    }
}
