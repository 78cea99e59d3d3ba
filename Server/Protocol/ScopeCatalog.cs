namespace AuthCore.Protocol;

/// <summary>A scope in words that people understand.</summary>
public sealed record ScopeDefinition
{
    /// <summary>RFC 6749 §3.3: the token.</summary>
    public required string Name { get; init; }

    /// <summary>What the consent page calls it.</summary>
    public required string Title { get; init; }

    /// <summary>One sentence more; null where the title says it all.</summary>
    public string? Description { get; init; }

    /// <summary>It cannot be declined.</summary>
    public bool Required { get; init; }

    /// <summary>It is about the person rather than about what an application may do.</summary>
    public bool Personal { get; init; }

    /// <summary>OIDC Core §5.4: the claims it gives.</summary>
    public string[] Claims { get; init; } = [];
}

/// <summary>A protected resource (an API): RFC 8707 §2.</summary>
public sealed record ResourceDefinition
{
    /// <summary>An absolute URI without fragment; the audience of its tokens.</summary>
    public required string Identifier { get; init; }

    /// <summary>What people are shown.</summary>
    public required string Name { get; init; }

    /// <summary>The scopes it understands.</summary>
    public string[] Scopes { get; init; } = [];

    /// <summary>Seconds; null = the client's, else the server's.</summary>
    public int? AccessTokenLifetime { get; init; }

    /// <summary>RFC 9068 §2.1: how its access tokens are signed.</summary>
    public string SigningAlg { get; init; } = "ES256";

    /// <summary><c>jwt</c>, or <c>opaque</c> where the server offers it; null = <c>jwt</c>.</summary>
    public string? AccessTokenFormat { get; init; }

    /// <summary>RFC 7662 §2.1: the clients that may ask about its tokens.</summary>
    public string[] IntrospectionClients { get; init; } = [];

    /// <summary>RFC 9728: whether this server publishes its metadata document.</summary>
    public bool PublishMetadata { get; init; }
}

/// <summary>Every scope and resource of this server, and which scope has a meaning where.</summary>
public sealed class ScopeCatalog
{
    /// <summary>Marks a claim asked for by itself (OIDC Core §5.5) among the items of a consent; no scope may begin so.</summary>
    public const string ClaimPrefix = "claim:";

    private readonly Dictionary<string, ScopeDefinition> _byName;
    private readonly Dictionary<string, ResourceDefinition> _resources;
    private readonly Dictionary<string, string> _scopeOfClaim = [];

    /// <summary>A catalog of these scopes and resources.</summary>
    public ScopeCatalog(IReadOnlyList<ScopeDefinition> scopes, IReadOnlyList<ResourceDefinition>? resources = null)
    {
        Scopes = scopes;
        _resources = (resources ?? []).ToDictionary(r => r.Identifier, StringComparer.Ordinal);
        _byName = scopes.ToDictionary(s => s.Name, StringComparer.Ordinal);
        foreach (var scope in scopes)
        {
            foreach (var claim in scope.Claims)
            {
                _scopeOfClaim.TryAdd(claim, scope.Name);
            }
        }
    }

    /// <summary>In the order they were registered.</summary>
    public IReadOnlyList<ScopeDefinition> Scopes { get; }

    /// <summary>Every claim some scope gives.</summary>
    public IEnumerable<string> Claims => _scopeOfClaim.Keys;

    /// <summary>The definition, or null.</summary>
    public ScopeDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The resource, or null.</summary>
    public ResourceDefinition? FindResource(string identifier) => _resources.GetValueOrDefault(identifier);

    /// <summary>RFC 8707 §2.2: of a scope, what has a meaning where the token is accepted: at the resources it is for, and with <c>openid</c> at this server.</summary>
    /// <param name="resource">What the token is for; empty = this server alone, where nothing is left out.</param>
    /// <param name="scope">What was granted.</param>
    public string[] ScopeAt(string[] resource, string[] scope)
    {
        if (resource.Length == 0)
        {
            return scope;
        }

        var isOpenId = scope.Contains(Scope.OpenId);
        return [.. scope.Where(s => (isOpenId && IsOurs(s)) || resource.Any(r => FindResource(r)?.Scopes.Contains(s) == true))];
    }

    /// <summary>RFC 8707 §2.1: what an answer on the consent page is about: each resource, and each scope with each resource that understands it.</summary>
    public string[] TargetsOf(string[] resource, IReadOnlyCollection<string> scope) =>
        [.. resource, .. resource.SelectMany(r => scope.Where(s => FindResource(r)?.Scopes.Contains(s) == true).Select(s => $"{s} {r}"))];

    /// <summary>Whether a person may not decline it. <c>openid</c> is what signing in means.</summary>
    public bool IsRequired(string item) => item == Scope.OpenId || Find(item)?.Required == true;

    /// <summary>What a person is asked: the scopes, and each claim asked for by itself that no asked scope gives, as <c>claim:name</c>.</summary>
    /// <remarks>A scope that no resource of the request understands is not asked about: no token would carry it. <c>offline_access</c> is about the grant, whatever it is for.</remarks>
    public string[] ItemsOf(AuthorizationRequest request, Client client)
    {
        var useful = ScopeAt(request.Resource, request.Scope);
        string[] scope = useful.Length == request.Scope.Length ? request.Scope : [.. request.Scope.Where(s => s == Scope.OfflineAccess || useful.Contains(s))];
        if (request.Claims is null || !request.IsOpenId)
        {
            return scope;
        }

        return
        [
            .. scope,
            .. request.Claims.UserInfo.Concat(request.Claims.IdToken).Distinct()
                .Where(claim => _scopeOfClaim.TryGetValue(claim, out var owner) && !request.Scope.Contains(owner) && client.Scope.Contains(owner))
                .Select(claim => ClaimPrefix + claim),
        ];
    }

    /// <summary>OIDC Core §5.4: the claims that scopes give.</summary>
    public IEnumerable<string> ClaimsOf(IEnumerable<string> scopes) => scopes.SelectMany(s => Find(s)?.Claims ?? []);

    /// <summary>The claims among items of a consent, by their names.</summary>
    public static string[] ClaimsAmong(IEnumerable<string> items) =>
        [.. items.Where(item => item.StartsWith(ClaimPrefix, StringComparison.Ordinal)).Select(item => item[ClaimPrefix.Length..])];

    /// <summary>OIDC Core §5.5: of the claims asked for one by one, those that the token's scope gives, or that the person allowed by name and the client may still ask for.</summary>
    public IEnumerable<string> Released(IEnumerable<string> asked, IReadOnlyCollection<string> scope, Grant grant, Client client) =>
        asked.Where(claim => _scopeOfClaim.TryGetValue(claim, out var owner)
            && (scope.Contains(owner) || (grant.ClaimNames.Contains(claim) && client.Scope.Contains(owner))));

    // What userinfo, or this server itself, reads of a scope.
    private bool IsOurs(string scope) => scope is Scope.OpenId or Scope.OfflineAccess || Find(scope) is { Claims.Length: > 0 };
}
