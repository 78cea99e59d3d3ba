using AuthCore.Features.Par;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Tests.Protocol;

namespace AuthCore.Tests.Features.Par;

public sealed class RequestUriTests
{
    private static readonly Guid s_id = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");

    [Fact]
    public void It_comes_back_as_it_was_made_and_leads_to_one_interaction()
    {
        var pushed = Handle.Create(HandleKind.PushedRequest, s_id);

        Assert.True(RequestUri.TryParse(RequestUri.Of(pushed), out var read));
        var interaction = RequestUri.InteractionOf(read);

        Assert.Equal(RequestUri.InteractionOf(pushed).Value, interaction.Value);
        Assert.Equal(s_id, interaction.Id);
        Assert.True(Handle.TryParse(HandleKind.Interaction, interaction.Value, out _));
        Assert.DoesNotContain(pushed.Value[^43..], interaction.Value, StringComparison.Ordinal);
        Assert.NotEqual(interaction.Value, RequestUri.InteractionOf(Handle.Create(HandleKind.PushedRequest, s_id)).Value);
    }

    [Fact]
    public void A_handle_derives_no_second_of_its_own_kind_and_none_without_an_id()
    {
        var pushed = Handle.Create(HandleKind.PushedRequest, s_id);

        Assert.Throws<ArgumentException>(() => pushed.Derive(HandleKind.PushedRequest));
        Assert.Throws<ArgumentException>(() => pushed.Derive(HandleKind.ClientSecret));
    }

    [Fact]
    public void A_client_may_set_what_this_feature_enforces_unless_it_contradicts_itself()
    {
        var rules = new ClientMetadataRules(((IMetadataPart)new ParMetadata(new ParOptions())).Extend(Sample.Capabilities), Sample.Client.Scope, Sample.Client.Resources);

        Assert.True(rules.Validate(Sample.Client with { RequirePushedAuthorizationRequests = true, AllowUnregisteredRedirectUris = true }).IsValid);
        Assert.Contains(
            rules.Validate(Sample.PublicClient with { AllowUnregisteredRedirectUris = true }).Errors, fault => fault.PropertyName == "allow_unregistered_redirect_uris");
        Assert.Contains(
            rules.Validate(Sample.Client with { RequirePushedAuthorizationRequests = true, GrantTypes = ["client_credentials"], ResponseTypes = [] }).Errors,
            fault => fault.PropertyName == "require_pushed_authorization_requests");
        Assert.Contains(
            new ClientMetadataRules(Sample.Capabilities, Sample.Client.Scope, Sample.Client.Resources).Validate(Sample.Client with { AllowUnregisteredRedirectUris = true }).Errors,
            fault => fault.PropertyName == "allow_unregistered_redirect_uris");
    }
}
