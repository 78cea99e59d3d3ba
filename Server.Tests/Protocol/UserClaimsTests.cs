using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class UserClaimsTests
{
    private static readonly string[] s_all =
    [
        "name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "email", "email_verified",
        "gender", "birthdate", "zoneinfo", "locale", "phone_number", "phone_number_verified", "address", "updated_at",
    ];

    // OIDC Core §5.1
    [Fact]
    public void Every_standard_claim_can_be_written_with_its_type()
    {
        var user = new User
        {
            Subject = "s", Username = "u", Email = "e", EmailVerified = true, Name = "n", GivenName = "g", FamilyName = "f", MiddleName = "m", Nickname = "i",
            Profile = "p", Picture = "c", Website = "w", Gender = "x", Birthdate = "1852-12-10", Zoneinfo = "Europe/Berne", Locale = "de-CH", PhoneNumber = "+41",
            PhoneNumberVerified = true, AddressFormatted = "a", StreetAddress = "st", Locality = "lo", Region = "re", PostalCode = "po", Country = "co", UpdatedAt = Sample.Now,
        };

        Assert.Equal(
            """
            {"name":"n","given_name":"g","family_name":"f","middle_name":"m","nickname":"i","preferred_username":"u","profile":"p","picture":"c","website":"w","email":"e","email_verified":true,"gender":"x","birthdate":"1852-12-10","zoneinfo":"Europe/Berne","locale":"de-CH","phone_number":"\u002B41","phone_number_verified":true,"address":{"formatted":"a","street_address":"st","locality":"lo","region":"re","postal_code":"po","country":"co"},"updated_at":1893499200}
            """,
            Write(user, s_all));
    }

    [Fact]
    public void What_a_person_does_not_have_is_left_out() => Assert.Equal(
        """{"preferred_username":"u","updated_at":1893499200}""", Write(new User { Subject = "s", Username = "u", UpdatedAt = Sample.Now }, s_all));

    [Theory]
    [InlineData("sub")]
    [InlineData("password")]
    [InlineData("username")]
    [InlineData("disabled_at")]
    [InlineData("EMAIL")]
    [InlineData("")]
    [InlineData("claim:email")]
    public void What_is_no_claim_is_not_written(string claim) => Assert.Equal("{}", Write(Sample.User, [claim]));

    [Fact]
    public void An_unverified_address_says_so() => Assert.Equal("""{"email_verified":false}""", Write(Sample.User with { EmailVerified = false }, ["email_verified"]));

    [Theory]
    [InlineData("Street 1, 8000, CH", null)]
    [InlineData("as it is", "as it is")]
    public void An_address_reads_as_one_line(string line, string? formatted) => Assert.Equal(
        line, UserClaims.TextOf("address", Sample.User with { AddressFormatted = formatted, StreetAddress = "Street 1", PostalCode = "8000", Country = "CH" }));

    [Fact]
    public void No_address_is_no_text() => Assert.Null(UserClaims.TextOf("address", Sample.User));

    private static string Write(User user, string[] claims) => Json.Of(json =>
    {
        json.WriteStartObject();
        foreach (var claim in claims)
        {
            UserClaims.Write(json, claim, user);
        }

        json.WriteEndObject();
    });
}
