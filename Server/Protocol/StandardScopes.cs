namespace AuthCore.Protocol;

/// <summary>OIDC Core §5.4, §11: the scopes that always exist. A file may change their words, not their claims.</summary>
public static class StandardScopes
{
    /// <summary>In the order people are shown them.</summary>
    public static IReadOnlyList<ScopeDefinition> All { get; } =
    [
        new() { Name = Scope.OpenId, Title = "Know who you are", Description = "A number that stands for your account, without your name.", Required = true, Personal = true },
        new()
        {
            Name = "profile", Title = "See your profile", Description = "Your name, username, picture and the like.", Personal = true,
            Claims =
            [
                "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender",
                "birthdate", "zoneinfo", "locale", "updated_at",
            ],
        },
        new() { Name = "email", Title = "See your e-mail address", Personal = true, Claims = ["email", "email_verified"] },
        new() { Name = "address", Title = "See your postal address", Personal = true, Claims = ["address"] },
        new() { Name = "phone", Title = "See your phone number", Personal = true, Claims = ["phone_number", "phone_number_verified"] },
        new()
        {
            Name = Scope.OfflineAccess, Title = "Keep access while you are away",
            Description = "It may go on using what you allow here after you have signed out, until you withdraw it.",
        },
    ];

    /// <summary>Every claim this server has of a person.</summary>
    public static IReadOnlyList<string> Claims { get; } = [.. All.SelectMany(scope => scope.Claims)];

    /// <summary>The definition, or null.</summary>
    public static ScopeDefinition? Find(string name) => All.FirstOrDefault(scope => scope.Name == name);
}
