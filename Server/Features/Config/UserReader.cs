using AuthCore.Protocol;

namespace AuthCore.Features.Config;

/// <summary>One entry under <c>users:</c>; the keys are the claims of OIDC Core §5.1.</summary>
internal static class UserReader
{
    public static UserEntry Read(MapReader map, SecretReader secrets)
    {
        var address = map.Map("address");
        var user = new User
        {
            Subject = map.Text("sub") ?? "",
            Username = map.Text("username") ?? "",
            Email = map.Text("email"),
            EmailVerified = map.Bool("email_verified") ?? false,
            Name = map.Text("name"),
            GivenName = map.Text("given_name"),
            FamilyName = map.Text("family_name"),
            MiddleName = map.Text("middle_name"),
            Nickname = map.Text("nickname"),
            Profile = map.Text("profile"),
            Picture = map.Text("picture"),
            Website = map.Text("website"),
            Gender = map.Text("gender"),
            Birthdate = map.Text("birthdate"),
            Zoneinfo = map.Text("zoneinfo"),
            Locale = map.Text("locale"),
            PhoneNumber = map.Text("phone_number"),
            PhoneNumberVerified = map.Bool("phone_number_verified") ?? false,
            AddressFormatted = address?.Text("formatted"),
            StreetAddress = address?.Text("street_address"),
            Locality = address?.Text("locality"),
            Region = address?.Text("region"),
            PostalCode = address?.Text("postal_code"),
            Country = address?.Text("country"),
        };
        var entry = new UserEntry(user, map.Bool("disabled"), secrets.Password(map), map);
        address?.RefuseUnknown();
        map.RefuseUnknown();
        if (map.Has("sub") && user.Subject.Length == 0)
        {
            map.Fault("sub", "must not be empty");
        }

        ConfigReader.Note(new UserRules().Validate(user), map);
        return entry;
    }
}
