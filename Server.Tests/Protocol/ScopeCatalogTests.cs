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
    [InlineData("email", true)]            // its scope was granted
    [InlineData("name", true)]             // allowed by itself
    [InlineData("phone_number", false)]    // not the client's
    [InlineData("shoe_size", false)]
    [InlineData("sub", false)]
    [InlineData("profile", false)]         // a scope is no claim
    public void A_claim_is_released_within_what_the_client_may_ask_for(string claim, bool released) =>
        Assert.Equal(released, Sample.Scopes.Released([claim], Sample.Grant, Sample.Client).Any());

    [Theory]
    [InlineData("claim:name")]
    [InlineData("profile")]
    public void A_claim_that_was_declined_by_itself_or_with_its_scope_is_not_released(string declined) =>
        Assert.Empty(Sample.Scopes.Released(["name"], Sample.Grant with { Declined = [declined] }, Sample.Client));

    [Fact]
    public void Declining_one_claim_keeps_the_others() =>
        Assert.Equal(["given_name"], Sample.Scopes.Released(["name", "given_name"], Sample.Grant with { Declined = ["claim:name"] }, Sample.Client));

    [Fact]
    public void A_claim_whose_scope_was_taken_from_the_client_is_not_released() =>
        Assert.Empty(Sample.Scopes.Released(["name"], Sample.Grant, Sample.Client with { Scope = ["openid", "email"] }));
}
