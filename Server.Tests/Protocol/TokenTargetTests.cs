using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>RFC 8707 §2.2: audience and scope of an access token follow what it is for.</summary>
public sealed class TokenTargetTests
{
    private const string Issuer = "https://id.example";
    private const string Files = "https://files.example/";
    private const string Old = "https://old.example/";
    private const string Bare = "https://bare.example/";
    private const string Opaque = "https://opaque.example/";
    private const string OldOpaque = "https://old-opaque.example/";

    private static readonly ScopeCatalog s_catalog = new(
        Sample.Scopes.Scopes,
        [
            new() { Identifier = Sample.Api, Name = "Lists", Scopes = ["todo.read", "todo.write"] },
            new() { Identifier = Files, Name = "Files", Scopes = ["todo.read"] },
            new() { Identifier = Old, Name = "Old", Scopes = ["todo.read"], SigningAlg = "RS256" },
            new() { Identifier = Bare, Name = "Bare" },
            new() { Identifier = Opaque, Name = "Opaque", Scopes = ["todo.read"], AccessTokenFormat = "opaque" },
            new() { Identifier = OldOpaque, Name = "Old and opaque", Scopes = ["todo.read"], AccessTokenFormat = "opaque", SigningAlg = "RS256" },
        ]);

    [Theory]
    [InlineData("todo.read todo.write", Sample.Api, "todo.read todo.write")]
    [InlineData("todo.read todo.write", Files, "todo.read")]
    [InlineData("todo.write todo.read", Sample.Api + " " + Files, "todo.write todo.read")]          // RFC 8707 §2.2: all the scopes at all the services
    [InlineData("todo.read terms", Files, "todo.read")]                                           // of no resource
    [InlineData("todo.read email profile offline_access", Files, "todo.read")]                    // without openid, nobody there reads them
    [InlineData("openid todo.read email offline_access", Files, "openid todo.read email offline_access")]
    [InlineData("openid todo.write", Files, "openid")]
    [InlineData("openid email", Bare, "openid email")]
    [InlineData("openid terms", Sample.Api, "openid")]
    public void A_token_says_only_what_is_understood_where_it_is_accepted(string scope, string resource, string left) =>
        Assert.Equal(Words(left), Choose(scope, resource).Value().Scope);

    [Theory]
    [InlineData("openid todo.read", "", Issuer)]
    [InlineData("todo.read", "", Issuer)]
    [InlineData("todo.read", Files, Files)]
    [InlineData("openid todo.read", Files, Files + " " + Issuer)]
    [InlineData("todo.read", Sample.Api + " " + Files, Sample.Api + " " + Files)]
    public void The_audience_is_what_was_named_and_with_openid_this_server_too(string scope, string resource, string audience) =>
        Assert.Equal(Words(audience), Choose(scope, resource).Value().Audience);

    [Fact]
    public void Where_nothing_was_named_nothing_is_left_out() =>
        Assert.Equal(["openid", "todo.read", "terms", "unknown"], Choose("openid todo.read terms unknown", "").Value().Scope);

    // RFC 6749 §5.1: an answer cannot say "none of it"
    [Theory]
    [InlineData("todo.write", Files)]
    [InlineData("todo.read", Bare)]
    [InlineData("email offline_access", Files)]
    [InlineData("terms", Sample.Api)]
    public void Nothing_left_is_invalid_scope(string scope, string resource) => Assert.Equal("invalid_scope", Choose(scope, resource).ErrorCode());

    [Theory]
    [InlineData(Bare)]
    [InlineData(Files)]
    public void Nothing_asked_for_is_nothing_left_out(string resource) => Assert.Empty(Choose("", resource).Value().Scope);

    [Theory]
    [InlineData("https://gone.example/")]
    [InlineData(Files + " https://gone.example/")]
    [InlineData("https://files.example")]
    public void A_resource_that_is_no_more_is_invalid_target(string resource) => Assert.Equal("invalid_target", Choose("openid todo.read", resource).ErrorCode());

    // one token has one signature and one form
    [Theory]
    [InlineData(Files + " " + Old)]
    [InlineData(Files + " " + Opaque)]
    [InlineData(Old + " " + OldOpaque)]
    [InlineData(Sample.Api + " " + Files + " " + Old)]
    public void Resources_that_take_tokens_of_different_kinds_share_none(string resource) => Assert.Equal("invalid_target", Choose("todo.read", resource).ErrorCode());

    [Fact]
    public void What_is_not_signed_does_not_differ_by_its_algorithm() => Assert.Equal("opaque", Choose("todo.read", Opaque + " " + OldOpaque).Value().Format);

    [Theory]
    [InlineData("opaque", Files + " " + Old)]
    [InlineData("opaque", Files + " " + Opaque)]
    [InlineData("jwt", Files + " " + Opaque)]
    public void The_clients_choice_of_form_goes_before_that_of_its_resources(string format, string resource) =>
        Assert.Equal(format, Choose("todo.read", resource, Sample.Client with { AccessTokenFormat = format }).Value().Format);

    [Fact]
    public void A_client_that_wants_JWTs_gets_no_single_one_for_two_algorithms() =>
        Assert.Equal("invalid_target", Choose("todo.read", Opaque + " " + OldOpaque, Sample.Client with { AccessTokenFormat = "jwt" }).ErrorCode());

    [Theory]
    [InlineData(Files, "ES256")]
    [InlineData(Old, "RS256")]
    [InlineData("", "ES256")]
    public void A_resource_says_how_its_tokens_are_signed(string resource, string alg) => Assert.Equal(alg, Choose("openid todo.read", resource).Value().SigningAlg);

    private static Result<TokenTarget> Choose(string scope, string resource, Client? client = null) =>
        TokenTarget.Choose(client ?? Sample.Client, Words(scope), Words(resource), s_catalog, Issuer);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
