using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ScopeCatalogTests
{
    private static readonly ClaimsRequest Claims = ClaimsRequest.Parse(
        """{"userinfo":{"email":null,"name":{"essential":true},"phone_number":null,"shoe_size":null},"id_token":{"name":null,"sub":null,"acr":null}}""").Value();

    [Theory]
    [InlineData("openid", true)]
    [InlineData("terms", true)]
    [InlineData("email", false)]
    [InlineData("offline_access", false)]
    [InlineData("claim:email", false)]
    [InlineData("unknown", false)]
    public void Only_openid_and_what_is_marked_so_is_required(string item, bool isRequired) => Assert.Equal(isRequired, Sample.Scopes.IsRequired(item));

    // phone is not the client's, shoe_size nobody's, email comes with its scope; sub and acr are the protocol's own
    [Fact]
    public void A_person_is_asked_for_each_claim_that_no_asked_scope_gives() => Assert.Equal(
        ["openid", "email", "todo.read", "claim:name"], Sample.Scopes.ItemsOf(Sample.Request with { Claims = Claims }, Sample.Client));

    [Fact]
    public void Claims_count_in_an_OpenID_request_only() => Assert.Equal(
        ["todo.read"], Sample.Scopes.ItemsOf(Sample.Request with { Scope = ["todo.read"], Claims = Claims }, Sample.Client));

    [Fact]
    public void Scopes_give_their_claims_and_unknown_ones_none() => Assert.Equal(["email", "email_verified"], Sample.Scopes.ClaimsOf(["openid", "email", "unknown"]));

    [Theory]
    [InlineData("email", true)]            // its scope is the token's
    [InlineData("name", true)]             // allowed by itself
    [InlineData("given_name", false)]      // nobody allowed it, though nobody declined it either
    [InlineData("phone_number", false)]    // not the client's
    [InlineData("shoe_size", false)]
    [InlineData("sub", false)]
    [InlineData("profile", false)]         // a scope is no claim
    public void A_claim_is_released_by_the_scope_of_the_token_or_because_it_was_allowed_by_name(string claim, bool released) =>
        Assert.Equal(released, Sample.Scopes.Released([claim], ["openid", "email"], AllowedByName, Sample.Client).Any());

    [Fact]
    public void A_narrowed_token_gives_no_claim_of_the_scope_it_lacks() =>
        Assert.Empty(Sample.Scopes.Released(["email"], ["openid"], AllowedByName, Sample.Client));

    [Fact]
    public void A_claim_whose_scope_was_taken_from_the_client_is_not_released() =>
        Assert.Empty(Sample.Scopes.Released(["name"], ["openid", "email"], AllowedByName, Sample.Client with { Scope = ["openid", "email"] }));

    private static Grant AllowedByName => Sample.Grant with { ClaimNames = ["name"] };
}
