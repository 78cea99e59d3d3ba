using System.Reflection;
using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ProtocolErrorTests
{
    /// <summary>The error of each factory, given text that must not come out again.</summary>
    public static TheoryData<string> Factories => new(All().Select(method => method.Name));

    // RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E
    [Theory]
    [MemberData(nameof(Factories))]
    public void Code_and_description_have_allowed_characters_only(string factory)
    {
        var error = Make(factory, "request");

        Assert.All(error.Code + error.Description, c => Assert.True(c is ' ' or '!' or (>= '#' and <= '[') or (>= ']' and <= '~'), $"'{c}'"));
        Assert.NotEmpty(error.Description);
    }

    [Theory]
    [MemberData(nameof(Factories))]
    public void The_reason_for_the_log_is_not_on_the_wire(string factory)
    {
        var method = All().Single(m => m.Name == factory);
        if (method.GetParameters().Any(p => p.Name == "reason"))
        {
            var error = (ProtocolError)method.Invoke(null, [.. method.GetParameters().Select(p => p.Name == "reason" ? "s3cr3t" : "fixed")])!;

            Assert.DoesNotContain("s3cr3t", error.Code + error.Description, StringComparison.Ordinal);
            Assert.Equal("s3cr3t", error.Reason);
        }
    }

    [Theory]
    [InlineData("InvalidClient", 401)]
    [InlineData("InvalidGrant", 400)]
    [InlineData("InvalidRequest", 400)]
    [InlineData("InvalidScope", 400)]
    [InlineData("UnauthorizedClient", 400)]
    [InlineData("UnsupportedGrantType", 400)]
    [InlineData("TemporarilyUnavailable", 503)]
    [InlineData("ServerError", 500)]
    public void The_status_is_that_of_the_standard(string factory, int status) => Assert.Equal(status, Make(factory, "x").Status);

    private static IEnumerable<MethodInfo> All() =>
        typeof(ProtocolError).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.ReturnType == typeof(ProtocolError));

    private static ProtocolError Make(string factory, string text)
    {
        var method = All().Single(m => m.Name == factory);
        return (ProtocolError)method.Invoke(null, [.. method.GetParameters().Select(_ => text)])!;
    }
}
