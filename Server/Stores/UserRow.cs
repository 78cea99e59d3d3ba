using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>A person as the table <c>users</c> keeps them, for statements that read it beside other tables.</summary>
internal static class UserRow
{
    /// <summary>The columns of <c>users u</c>; <see cref="Read"/> reads them in this order.</summary>
    public const string Columns =
        """
        u.subject, u.username, u.email, u.email_verified, u.name, u.given_name, u.family_name, u.middle_name, u.nickname, u.profile, u.picture, u.website, u.gender,
        u.birthdate, u.zoneinfo, u.locale, u.phone_number, u.phone_number_verified, u.address_formatted, u.street_address, u.locality, u.region, u.postal_code, u.country,
        u.updated_at, u.disabled_at
        """;

    /// <summary>The person, from where the row has <see cref="Columns"/>.</summary>
    public static User Read(RowReader row) => new()
    {
        Subject = row.Text(),
        Username = row.Text(),
        Email = row.TextOrNull(),
        EmailVerified = row.Flag(),
        Name = row.TextOrNull(),
        GivenName = row.TextOrNull(),
        FamilyName = row.TextOrNull(),
        MiddleName = row.TextOrNull(),
        Nickname = row.TextOrNull(),
        Profile = row.TextOrNull(),
        Picture = row.TextOrNull(),
        Website = row.TextOrNull(),
        Gender = row.TextOrNull(),
        Birthdate = row.TextOrNull(),
        Zoneinfo = row.TextOrNull(),
        Locale = row.TextOrNull(),
        PhoneNumber = row.TextOrNull(),
        PhoneNumberVerified = row.Flag(),
        AddressFormatted = row.TextOrNull(),
        StreetAddress = row.TextOrNull(),
        Locality = row.TextOrNull(),
        Region = row.TextOrNull(),
        PostalCode = row.TextOrNull(),
        Country = row.TextOrNull(),
        UpdatedAt = row.Time(),
        DisabledAt = row.TimeOrNull(),
    };
}
