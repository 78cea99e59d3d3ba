using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ClientCredentialsRulesTests
{
    [Fact]
    public void What_is_asked_for_is_given() => Assert.Equal(["todo.write", "todo.read"], Choose("todo.write todo.read").Value());

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Nothing_asked_for_is_all_that_needs_no_person(string? asked) =>
        Assert.Equal(["profile", "email", "todo.read", "todo.write", "terms"], Choose(asked).Value());

    [Theory]
    [InlineData("openid")]
    [InlineData("offline_access")]
    [InlineData("todo.read openid")]
    [InlineData("phone")]                // known, but not this client's
    [InlineData("todo.read admin")]
    [InlineData("TODO.READ")]
    [InlineData("todo.*")]
    [InlineData("todo.read \"")]
    [InlineData("todo.read\ttodo.write")]
    public void What_needs_a_person_or_is_not_registered_is_refused(string asked) => Assert.Equal("invalid_scope", Choose(asked).ErrorCode());

    [Fact]
    public void A_client_without_scopes_gets_none()
    {
        var client = Sample.Client with { Scope = ["openid"] };

        Assert.Empty(ClientCredentialsRules.ChooseScope(null, client).Value());
        Assert.Equal("invalid_scope", ClientCredentialsRules.ChooseScope("todo.read", client).ErrorCode());
    }

    private static Result<string[]> Choose(string? asked) => ClientCredentialsRules.ChooseScope(asked, Sample.Client);
}
