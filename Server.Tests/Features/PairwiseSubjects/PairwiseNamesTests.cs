using AuthCore.Features.PairwiseSubjects;

namespace AuthCore.Tests.Features.PairwiseSubjects;

/// <summary>OIDC Core §8.1: how a name is made.</summary>
public sealed class PairwiseNamesTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    // Computed by another program: a change of how names are made would make everybody a stranger everywhere.
    [Fact]
    public void A_name_stays_what_it_was_in_every_version()
    {
        Assert.Equal("7JP3taehUhVwwx0yq9fqsKgHjlxtfH6b0Qoj6vXu5xU", PairwiseNames.SubjectOf(Secret, "app.example", "sub-alice"));
        Assert.Equal(Guid.Parse("5a01bb35-6b30-44f0-56c4-b8ad53df3c3e"), PairwiseNames.SessionOf(Secret, "app.example", Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057")));
    }

    [Theory]
    [InlineData(1, "app.example", "sub-alice")]
    [InlineData(0, "app.example.evil", "sub-alice")]
    [InlineData(0, "App.example", "sub-alice")]
    [InlineData(0, "app.example", "sub-bob")]
    [InlineData(0, "app.example", "sub-alic")]
    [InlineData(0, "app.examples", "ub-alice")]
    [InlineData(0, "app.exampl", "esub-alice")]
    [InlineData(0, "app.example", "")]
    public void Another_secret_sector_or_subject_gives_another_name(int change, string sector, string subject) => Assert.NotEqual(
        PairwiseNames.SubjectOf(Secret, "app.example", "sub-alice"), PairwiseNames.SubjectOf([.. Secret.Select(b => (byte)(b ^ change))], sector, subject));

    [Fact]
    public void A_name_is_43_characters_of_base64url_however_long_what_it_is_made_of() => Assert.All(
        new[] { "a", new string('a', 255), "日本" }, subject => Assert.Matches("^[A-Za-z0-9_-]{43}$", PairwiseNames.SubjectOf(Secret, new string('b', 253), subject)));

    [Fact]
    public void A_user_and_a_session_of_one_text_have_nothing_in_common()
    {
        var id = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");

        Assert.NotEqual(
            AuthCore.Jose.CanonicalBase64Url.Encode(PairwiseNames.SessionOf(Secret, "app.example", id).ToByteArray(bigEndian: true)),
            PairwiseNames.SubjectOf(Secret, "app.example", id.ToString("N"))[..22]);
    }
}
