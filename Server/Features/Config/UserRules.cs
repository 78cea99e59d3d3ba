using System.Text.RegularExpressions;
using AuthCore.Protocol;
using AuthCore.Stores;
using FluentValidation;

namespace AuthCore.Features.Config;

/// <summary>What may be a user, judged by itself; that names are not taken is judged beside all others.</summary>
internal sealed partial class UserRules : AbstractValidator<User>
{
    private const int MaxSubject = 255;
    private const int MaxEmail = 254;
    private const int MaxUri = 2000;

    public UserRules()
    {
        // OIDC Core §2; an empty one is made at its first start.
        Fault("sub", u => u.Subject.Length > MaxSubject || u.Subject.Any(c => c is <= ' ' or > '~'), $"must be 1 to {MaxSubject} visible ASCII characters");
        Fault("username", u => !PlainText.IsShort(u.Username) || u.Username.Trim() != u.Username, $"must be 1 to {PlainText.Short} characters without control characters or space around them");

        // Else somebody could be known by a name that is another person's address.
        Fault("username", u => u.Username.Contains('@', StringComparison.Ordinal) && u.Email is not null && UserStore.KeyOf(u.Username) != UserStore.KeyOf(u.Email), "has an @, so it must be the user's own email");
        Fault("email", u => u.Email is not null && (u.Email.Length > MaxEmail || !Email().IsMatch(u.Email)), "must be an address such as alice@example.com");
        Fault("email_verified", u => u.EmailVerified && u.Email is null, "is true without an email");
        Fault("phone_number_verified", u => u.PhoneNumberVerified && u.PhoneNumber is null, "is true without a phone_number");
        Fault("phone_number", u => u.PhoneNumber is not null && !Phone().IsMatch(u.PhoneNumber), "must be as in +49 30 123456 (E.164, or RFC 3966 with ;ext=)");
        Fault("birthdate", u => u.Birthdate is not null && !Birthdate().IsMatch(u.Birthdate), "must be YYYY-MM-DD, 0000-MM-DD or YYYY");
        foreach (var (name, text) in Texts)
        {
            Fault(name, u => text(u) is { } value && !PlainText.IsShort(value), $"must be 1 to {PlainText.Short} characters without control characters");
        }

        foreach (var (name, uri) in Uris)
        {
            Fault(name, u => uri(u) is { } value && (value.Length > MaxUri || !WebUri().IsMatch(value)), "must be an https or http URL");
        }

        foreach (var (name, part) in AddressParts)
        {
            Fault(name, u => part(u) is { } value && !PlainText.IsLong(value.ReplaceLineEndings(" ")), $"must be 1 to {PlainText.Long} characters without control characters");   // OIDC Core §5.1.1: may have lines
        }
    }

    private static readonly (string Name, Func<User, string?> Of)[] Texts =
    [
        ("name", u => u.Name), ("given_name", u => u.GivenName), ("family_name", u => u.FamilyName), ("middle_name", u => u.MiddleName), ("nickname", u => u.Nickname),
        ("gender", u => u.Gender), ("zoneinfo", u => u.Zoneinfo), ("locale", u => u.Locale),
    ];

    private static readonly (string Name, Func<User, string?> Of)[] Uris = [("profile", u => u.Profile), ("picture", u => u.Picture), ("website", u => u.Website)];

    private static readonly (string Name, Func<User, string?> Of)[] AddressParts =
    [
        ("address", u => u.AddressFormatted), ("address", u => u.StreetAddress), ("address", u => u.Locality),
        ("address", u => u.Region), ("address", u => u.PostalCode), ("address", u => u.Country),
    ];

    private void Fault(string name, Func<User, bool> isFaulty, string message) =>
        RuleFor(u => u).Must(u => !isFaulty(u)).OverridePropertyName(name).WithMessage(message);

    [GeneratedRegex(@"^[^@\s\p{C}]+@[^@\s\p{C}]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Email();

    [GeneratedRegex(@"^\+[0-9][0-9 ().-]{1,30}(;ext=[0-9]{1,10})?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Phone();

    [GeneratedRegex(@"^[0-9]{4}(-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Birthdate();

    [GeneratedRegex(@"^https?://[^\s\p{C}""<>\\]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex WebUri();
}
