using AuthCore.Web;

namespace AuthCore.Tests.Web;

public sealed class DisplayNameTests
{
    [Theory]
    [InlineData("Grafana", "Grafana")]
    [InlineData("  two \t\r\n words  ", "two words")]
    [InlineData("\u202Eanafarg", "anafarg")]
    [InlineData("a\u2066b\u2069\u200Bc\uFEFF\u00ADd", "abcd")]
    [InlineData("nul\0bell\a", "nul bell")]
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData(null, "")]
    public void Clean_keeps_what_can_be_seen(string? name, string clean) => Assert.Equal(clean, DisplayName.Clean(name));

    [Fact]
    public void Clean_replaces_half_a_character() => Assert.Equal("\uFFFDx", DisplayName.Clean("\uD800x"));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcde…")]
    [InlineData("abcd efg", 6, "abcd…")]
    [InlineData("abcd\U0001F600fg", 6, "abcd…")]
    public void Clean_cuts_between_characters(string name, int maximum, string clean) => Assert.Equal(clean, DisplayName.Clean(name, maximum));

    [Theory]
    [InlineData("Photo Printer Pro", "PP")]
    [InlineData("grafana", "G")]
    [InlineData("<b> (beta)", "?")]
    [InlineData("\u202E \u200B", "?")]
    [InlineData("", "?")]
    [InlineData("写真 印刷", "写印")]
    public void Initials_are_letters_or_a_question_mark(string name, string initials) => Assert.Equal(initials, DisplayName.Initials(name));
}
