using System.Text.Json;

namespace AuthCore.Protocol;

/// <summary>A person, with the standard claims of OIDC Core §5.1.</summary>
public sealed record User
{
    /// <summary>OIDC Core §2: at most 255 ASCII characters, never given to anybody else.</summary>
    public required string Subject { get; init; }

    /// <summary>What is typed at sign-in; <c>preferred_username</c>.</summary>
    public required string Username { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? Email { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public bool EmailVerified { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? Name { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? GivenName { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? FamilyName { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? MiddleName { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? Nickname { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? Profile { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? Picture { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? Website { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public string? Gender { get; init; }

    /// <summary>OIDC Core §5.1: YYYY-MM-DD.</summary>
    public string? Birthdate { get; init; }

    /// <summary>OIDC Core §5.1: IANA name.</summary>
    public string? Zoneinfo { get; init; }

    /// <summary>OIDC Core §5.1: BCP 47.</summary>
    public string? Locale { get; init; }

    /// <summary>OIDC Core §5.1: E.164.</summary>
    public string? PhoneNumber { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public bool PhoneNumberVerified { get; init; }

    /// <summary>OIDC Core §5.1.1: <c>formatted</c>.</summary>
    public string? AddressFormatted { get; init; }

    /// <summary>OIDC Core §5.1.1.</summary>
    public string? StreetAddress { get; init; }

    /// <summary>OIDC Core §5.1.1.</summary>
    public string? Locality { get; init; }

    /// <summary>OIDC Core §5.1.1.</summary>
    public string? Region { get; init; }

    /// <summary>OIDC Core §5.1.1.</summary>
    public string? PostalCode { get; init; }

    /// <summary>OIDC Core §5.1.1.</summary>
    public string? Country { get; init; }

    /// <summary>OIDC Core §5.1.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When an operator switched it off; null while it may sign in.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>What the person is called on our pages.</summary>
    public string DisplayName => Name ?? Username;
}

/// <summary>OIDC Core §5.1: claims about a person as JSON members.</summary>
public static class UserClaims
{
    /// <summary>Writes the claim as a member; nothing where the person has no value for it.</summary>
    /// <returns>Whether something was written.</returns>
    public static bool Write(Utf8JsonWriter json, string claim, User user)
    {
        switch (claim)
        {
            case "email_verified" when user.Email is not null:
                json.WriteBoolean(claim, user.EmailVerified);
                return true;
            case "phone_number_verified" when user.PhoneNumber is not null:
                json.WriteBoolean(claim, user.PhoneNumberVerified);
                return true;
            case "updated_at":
                json.WriteNumber(claim, user.UpdatedAt.ToUnixTimeSeconds());
                return true;
            case "address":
                return WriteAddress(json, user);
            default:
                return WriteText(json, claim, TextOf(claim, user));
        }
    }

    /// <summary>The claim as plain text for the person themselves to read, or null where there is none.</summary>
    public static string? TextOf(string claim, User user) => claim switch
    {
        "preferred_username" => user.Username,
        "email" => user.Email,
        "name" => user.Name,
        "given_name" => user.GivenName,
        "family_name" => user.FamilyName,
        "middle_name" => user.MiddleName,
        "nickname" => user.Nickname,
        "profile" => user.Profile,
        "picture" => user.Picture,
        "website" => user.Website,
        "gender" => user.Gender,
        "birthdate" => user.Birthdate,
        "zoneinfo" => user.Zoneinfo,
        "locale" => user.Locale,
        "phone_number" => user.PhoneNumber,
        "address" => user.AddressFormatted ?? NullIfEmpty(string.Join(", ", AddressOf(user).Where(p => p.Key != "formatted" && p.Value is not null).Select(p => p.Value))),
        _ => null,
    };

    private static bool WriteText(Utf8JsonWriter json, string claim, string? value)
    {
        if (value is null)
        {
            return false;
        }

        json.WriteString(claim, value);
        return true;
    }

    private static bool WriteAddress(Utf8JsonWriter json, User user)
    {
        if (AddressOf(user).All(p => p.Value is null))
        {
            return false;
        }

        json.WriteStartObject("address");
        foreach (var (member, value) in AddressOf(user))
        {
            WriteText(json, member, value);
        }

        json.WriteEndObject();
        return true;
    }

    private static KeyValuePair<string, string?>[] AddressOf(User user) =>
    [
        new("formatted", user.AddressFormatted), new("street_address", user.StreetAddress), new("locality", user.Locality),
        new("region", user.Region), new("postal_code", user.PostalCode), new("country", user.Country),
    ];

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
