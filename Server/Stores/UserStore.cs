using AuthCore.Protocol;

namespace AuthCore.Stores;

/// <summary>What sign-in needs to know of a user.</summary>
internal sealed record LoginRow
{
    public required string Subject { get; init; }

    public string? PasswordHash { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>How often something of theirs was ended; a session begins only while it is the same.</summary>
    public int Endings { get; init; }

    public override string ToString() => Subject;
}

/// <summary>The table <c>users</c>.</summary>
internal sealed class UserStore(Database database)
{
    private const string Upsert =
        """
        insert into users (
            subject, username, username_key, email, email_key, email_verified, name, given_name, family_name, middle_name, nickname, profile, picture,
            website, gender, birthdate, zoneinfo, locale, phone_number, phone_number_verified, address_formatted, street_address, locality, region,
            postal_code, country, updated_at, disabled_at)
        values (
            @Subject, @Username, @UsernameKey, @Email, @EmailKey, @EmailVerified, @Name, @GivenName, @FamilyName, @MiddleName, @Nickname, @Profile, @Picture,
            @Website, @Gender, @Birthdate, @Zoneinfo, @Locale, @PhoneNumber, @PhoneNumberVerified, @AddressFormatted, @StreetAddress, @Locality, @Region,
            @PostalCode, @Country, @UpdatedAt, @DisabledAt)
        on conflict (subject) do update set
            username = excluded.username, username_key = excluded.username_key, email = excluded.email, email_key = excluded.email_key,
            email_verified = excluded.email_verified, name = excluded.name, given_name = excluded.given_name, family_name = excluded.family_name,
            middle_name = excluded.middle_name, nickname = excluded.nickname, profile = excluded.profile, picture = excluded.picture,
            website = excluded.website, gender = excluded.gender, birthdate = excluded.birthdate, zoneinfo = excluded.zoneinfo, locale = excluded.locale,
            phone_number = excluded.phone_number, phone_number_verified = excluded.phone_number_verified,
            address_formatted = excluded.address_formatted, street_address = excluded.street_address, locality = excluded.locality,
            region = excluded.region, postal_code = excluded.postal_code, country = excluded.country, updated_at = excluded.updated_at,
            disabled_at = excluded.disabled_at
        """;

    private const string UpsertAndEnd = $"{Upsert};\n{EndingStore.OfUser}";

    /// <summary>What is compared at sign-in: without surrounding space, in lower case.</summary>
    public static string KeyOf(string name) => name.Trim().ToLowerInvariant();

    /// <summary>By username, else by e-mail address.</summary>
    public Task<LoginRow?> FindForLoginAsync(string name, CancellationToken ct) => database.FindAsync<LoginRow>(
        """
        select   subject, password_hash, disabled_at, endings
        from     users
        where    username_key = @key or email_key = @key
        order by username_key = @key desc
        limit    1
        """,
        new { key = KeyOf(name) }, ct);

    /// <summary>The user, disabled or not, or null.</summary>
    public Task<User?> FindAsync(string subject, CancellationToken ct) =>
        database.ReadAsync($"select {UserRow.Columns} from users u where u.subject = $1", [Value.Of(subject)], UserRow.Read, ct);

    /// <summary>Every user, by username.</summary>
    public Task<IReadOnlyList<User>> ListAsync(CancellationToken ct) =>
        database.ListAsync<User>($"select {UserRow.Columns} from users u order by u.username_key", null, ct);

    /// <summary>Writes the whole user but for the password. In the same transaction, everything of a user who is disabled ends: it is not there when they are enabled again.</summary>
    public Task SaveAsync(User user, CancellationToken ct) => database.ExecuteAsync(
        user.DisabledAt is null ? Upsert : UpsertAndEnd,
        new
        {
            user.Subject, user.Username, UsernameKey = KeyOf(user.Username), user.Email, EmailKey = user.Email is null ? null : KeyOf(user.Email), user.EmailVerified,
            user.Name, user.GivenName, user.FamilyName, user.MiddleName, user.Nickname, user.Profile, user.Picture, user.Website, user.Gender, user.Birthdate,
            user.Zoneinfo, user.Locale, user.PhoneNumber, user.PhoneNumberVerified, user.AddressFormatted, user.StreetAddress, user.Locality, user.Region,
            user.PostalCode, user.Country, user.UpdatedAt, user.DisabledAt, Now = user.DisabledAt, Because = "user disabled",
        },
        ct);

    /// <summary>Gives the user another password, or none. RFC 9700 §4.14.2: in the same transaction everything begun under the old one ends.</summary>
    public Task ChangePasswordAsync(string subject, string? passwordHash, DateTimeOffset now, CancellationToken ct) => database.ExecuteAsync(
        $"""
         update users set password_hash = @PasswordHash where subject = @Subject;
         {EndingStore.OfUser}
         """,
        new { Subject = subject, PasswordHash = passwordHash, Now = now, Because = "password changed" }, ct);

    /// <summary>Replaces a hash by a stronger one of the same password, unless the password was changed meanwhile.</summary>
    public Task UpgradePasswordHashAsync(string subject, string from, string to, CancellationToken ct) =>
        database.ExecuteAsync("update users set password_hash = @to where subject = @subject and password_hash = @from", new { subject, from, to }, ct);
}
