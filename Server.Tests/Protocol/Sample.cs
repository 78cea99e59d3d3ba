using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>One valid object of each kind; a test changes by <c>with</c> just what it is about.</summary>
internal static class Sample
{
    /// <summary>RFC 7636 appendix B.</summary>
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    /// <summary>RFC 7636 appendix B.</summary>
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public const string RedirectUri = "https://app.example/cb";

    public const string Api = "https://api.example/";

    public static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly TimeSpan SessionIdle = TimeSpan.FromHours(8);

    public static readonly TimeSpan RetryWindow = TimeSpan.FromSeconds(60);

    public static readonly Client Client = new()
    {
        ClientId = "web",
        ClientName = "Web",
        RedirectUris = [RedirectUri],
        GrantTypes = ["authorization_code", "refresh_token", "client_credentials"],
        ResponseTypes = ["code"],
        Scope = ["openid", "profile", "email", "offline_access", "todo.read", "todo.write", "terms"],
        Resources = [Api, "https://files.example/"],
        Secrets = [new ClientSecret(new byte[32], ExpiresAt: null)],
    };

    public static readonly Client PublicClient = Client with
    {
        ClientId = "spa",
        TokenEndpointAuthMethod = "none",
        GrantTypes = ["authorization_code", "refresh_token"],
        Secrets = [],
    };

    public static readonly ScopeCatalog Scopes = new(
    [
        new() { Name = "openid", Title = "Know who you are" },
        new() { Name = "profile", Title = "See your name", Personal = true, Claims = ["name", "given_name", "family_name", "picture", "updated_at"] },
        new() { Name = "email", Title = "See your e-mail address", Personal = true, Claims = ["email", "email_verified"] },
        new() { Name = "phone", Title = "See your phone number", Personal = true, Claims = ["phone_number", "phone_number_verified"] },
        new() { Name = "offline_access", Title = "Stay connected" },
        new() { Name = "todo.read", Title = "Read your list" },
        new() { Name = "todo.write", Title = "Change your list" },
        new() { Name = "terms", Title = "Accept the terms", Required = true },
    ]);

    public static readonly ServerCapabilities Capabilities = new()
    {
        GrantTypes = ["authorization_code", "refresh_token", "client_credentials"],
        AcrValues = ["urn:authcore:acr:1"],
    };

    public static readonly AuthenticationMeans Means = new(["urn:authcore:acr:1", "urn:authcore:acr:2"], "urn:authcore:acr:1", []);

    public static readonly SessionState Session = new(Now.AddMinutes(-5), Now.AddDays(14), EndedAt: null);

    public static readonly Grant Grant = new()
    {
        Id = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057"),
        ClientId = "web",
        Subject = "alice",
        SessionId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058"),
        Scope = ["openid", "email", "todo.read"],
        Resource = [Api],
        Acr = "urn:authcore:acr:1",
        Amr = ["pwd"],
        AuthenticatedAt = Now.AddMinutes(-5),
        CreatedAt = Now.AddSeconds(-5),
        ExpiresAt = Now.AddDays(90),
        UserIsEnabled = true,
        Session = Session,
    };

    public static readonly AuthorizationCode Code = new()
    {
        Grant = Grant, RedirectUri = RedirectUri, RedirectUriSent = true, CodeChallenge = Challenge, ExpiresAt = Now.AddSeconds(55),
    };

    public static readonly CodeTokenRequest CodeRequest = new(RedirectUri, Verifier, []);

    public static readonly RefreshToken RefreshToken = new() { Grant = Grant, ExpiresAt = Now.AddDays(30) };

    public static readonly RefreshTokenRequest RefreshRequest = new(Scope: null, []);

    public static readonly AuthorizationRequest Request = new()
    {
        ClientId = "web",
        RedirectUri = new ChosenRedirectUri(RedirectUri, WasSent: true),
        ResponseMode = "query",
        Scope = ["openid", "email", "todo.read"],
        CodeChallenge = Challenge,
    };

    public static readonly User User = new()
    {
        Subject = "alice", Username = "alice", Email = "alice@app.example", EmailVerified = true, Name = "Alice Lidell", UpdatedAt = Now,
    };

    private static readonly KeyValuePair<string, string>[] s_authorize =
    [
        new("response_type", "code"), new("client_id", "web"), new("redirect_uri", RedirectUri), new("scope", "openid email"), new("state", "xyz"),
        new("code_challenge", Challenge), new("code_challenge_method", "S256"),
    ];

    /// <summary>A valid authorization request, with these parameters set; those of null value left out.</summary>
    public static Parameters Authorize(params (string Name, string? Value)[] changes) => Parameters.Of(
        s_authorize.Where(pair => changes.All(change => change.Name != pair.Key))
            .Concat(changes.Where(change => change.Value is not null).Select(change => new KeyValuePair<string, string>(change.Name, change.Value!))));

    /// <summary>A valid authorization request with one more parameter at its end.</summary>
    public static Parameters AuthorizeAnd(string name, string value) => Parameters.Of(s_authorize.Append(new(name, value)));

    /// <summary>The value; a fault of the test where there is none.</summary>
    public static T Value<T>(this Result<T> result)
        where T : notnull => result.Try(out var value, out var error) ? value : throw new InvalidOperationException($"{error.Code}: {error.Description} ({error.Reason})");

    /// <summary>The <c>error</c> member, or null for a success.</summary>
    public static string? ErrorCode<T>(this Result<T> result)
        where T : notnull => result.Try(out _, out var error) ? null : error.Code;
}
