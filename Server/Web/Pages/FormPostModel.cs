namespace AuthCore.Web.Pages;

/// <summary>OAuth 2.0 Form Post Response Mode: the authorization response, posted to the client by the browser.</summary>
public sealed record FormPostModel
{
    /// <summary>The validated redirect URI.</summary>
    public required string Action { get; init; }

    /// <summary>The response's parameters.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; }

    /// <summary>The application's name.</summary>
    public string? ClientName { get; init; }

    /// <summary>Names the target; the fields hold a code.</summary>
    public override string ToString() => $"{nameof(FormPostModel)} {{ Action = {Action} }}";
}
