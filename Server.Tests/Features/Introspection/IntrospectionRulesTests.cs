using System.Buffers;
using System.Text;
using System.Text.Json;
using AuthCore.Features.Introspection;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.Introspection;

/// <summary>RFC 7662 §2.2, RFC 9701 §4: the rules without a server.</summary>
public sealed class IntrospectionRulesTests
{
    private const string Signed = "application/token-introspection+jwt";

    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly AccessTokenFacts s_token = new()
    {
        Issuer = "https://issuer.test", Subject = "sub", ClientId = "app", Audience = ["https://a.test", "https://b.test"], Scope = ["openid", "a", "b"],
        JwtId = "1", IssuedAt = s_now, ExpiresAt = s_now.AddMinutes(15),
    };

    private static readonly Client s_api = Seed.Machine with { ClientId = "api" };

    [Fact]
    public void The_own_client_is_told_all_whatever_the_resources_say() =>
        Assert.Equal(s_token.Scope, IntrospectionRules.FindView(s_token, s_api with { ClientId = "app" }, Resources(("https://a.test", ["a"], [])))!);

    [Fact]
    public void A_client_named_by_several_entries_is_told_what_all_of_them_understand() =>
        Assert.Equal(["a", "b"], IntrospectionRules.FindView(s_token, s_api, Resources(("https://a.test", ["a"], ["api"]), ("https://b.test", ["b", "c"], ["api"])))!);

    [Fact]
    public void A_client_is_told_nothing_of_what_other_entries_understand()
    {
        var resources = Resources(("https://a.test", ["a"], ["api"]), ("https://b.test", ["b"], ["other"]));

        Assert.Equal(["a"], IntrospectionRules.FindView(s_token, s_api, resources)!);
    }

    // RFC 9701 §5: an entry without scopes understands none of another's
    [Fact]
    public void A_client_whose_entry_lists_no_scopes_is_told_what_no_other_entry_of_the_token_understands()
    {
        Assert.Equal(["openid", "b"], IntrospectionRules.FindView(s_token, s_api, Resources(("https://a.test", ["a"], ["other"]), ("https://b.test", [], ["api"])))!);
        Assert.Equal(s_token.Scope, IntrospectionRules.FindView(s_token, s_api, Resources(("https://a.test", ["a"], ["api"]), ("https://b.test", [], ["api"])))!);
        Assert.Equal(["openid", "a"], IntrospectionRules.FindView(s_token, s_api, Resources(("https://a.test", [], ["api"]), ("https://b.test", ["b"], [])))!);
        Assert.Equal(s_token.Scope, IntrospectionRules.FindView(s_token, s_api, Resources(("https://a.test", [], ["api"]), ("https://c.test", ["a"], [])))!);
    }

    [Fact]
    public void A_client_named_by_an_entry_the_token_is_not_for_is_told_nothing()
    {
        Assert.Null(IntrospectionRules.FindView(s_token, s_api, Resources(("https://c.test", ["a"], ["api"]))));
        Assert.Null(IntrospectionRules.FindView(s_token, s_api, Resources(("https://a.test/", ["a"], ["api"]))));
        Assert.Null(IntrospectionRules.FindView(s_token, s_api, Resources(("https://a.test", ["a"], ["API", "api2", "app"]))));
        Assert.Null(IntrospectionRules.FindView(s_token, s_api, Resources()));
    }

    [Fact]
    public void A_refresh_token_that_is_spent_or_over_or_anothers_has_a_fault()
    {
        var client = Seed.Web;
        var grant = new Grant
        {
            Id = Guid.CreateVersion7(s_now), ClientId = client.ClientId, Subject = "sub", Offline = true, Scope = ["openid"], Acr = "1", Amr = ["pwd"],
            AuthenticatedAt = s_now, CreatedAt = s_now, ExpiresAt = s_now.AddDays(90), UserIsEnabled = true,
        };
        var token = new RefreshToken { Grant = grant, ExpiresAt = s_now.AddDays(30) };
        string? FaultOf(RefreshToken? presented, Client? asking = null, DateTimeOffset? at = null) =>
            IntrospectionRules.FindFault(presented, asking ?? client, TimeSpan.FromHours(8), at ?? s_now);

        Assert.Null(FaultOf(token));
        Assert.NotNull(FaultOf(null));
        Assert.NotNull(FaultOf(token, client with { ClientId = "other" }));
        Assert.NotNull(FaultOf(token with { RotatedAt = s_now }));
        Assert.NotNull(FaultOf(token, at: token.ExpiresAt));
        Assert.NotNull(FaultOf(token, client with { GrantTypes = ["authorization_code"] }));
        Assert.NotNull(FaultOf(token, client with { DisabledAt = s_now }));
        Assert.NotNull(FaultOf(token, client with { Scope = [] }));
        Assert.NotNull(FaultOf(token with { Grant = grant with { RevokedAt = s_now } }));
        Assert.NotNull(FaultOf(token with { Grant = grant with { UserIsEnabled = false } }));
        Assert.NotNull(FaultOf(token with { Grant = grant with { Offline = false } }));
    }

    // RFC 9449 §6.2, RFC 8705 §3.2
    [Theory]
    [InlineData(null, "Bearer")]
    [InlineData("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""", "DPoP")]
    [InlineData("""{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}""", "Bearer")]
    public void The_key_a_token_is_bound_to_is_told_and_says_its_type(string? confirmation, string type)
    {
        var answer = JsonElement.Parse(Write(IntrospectionAnswer.Of(s_token with { Confirmation = confirmation }, [], null)));

        Assert.Equal(type, answer.GetProperty("token_type").GetString());
        Assert.Equal(confirmation, answer.TryGetProperty("cnf", out var cnf) ? cnf.GetRawText() : null);
        Assert.False(answer.TryGetProperty("scope", out _));   // the grammar of scope has no way to say none
    }

    [Fact]
    public void Not_active_says_nothing_else() => Assert.Equal("""{"active":false}""", Write(IntrospectionAnswer.Inactive));

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("application/*", false)]
    [InlineData("application/json", false)]
    [InlineData("application/jwt", false)]
    [InlineData("application/token-introspection", false)]
    [InlineData(Signed, true)]
    [InlineData("Application/Token-Introspection+JWT", true)]
    [InlineData("  " + Signed + " ; q=0.5 ", true)]
    [InlineData(Signed + ", application/json", true)]
    [InlineData("application/json, " + Signed, true)]
    [InlineData("application/json;q=0.9, " + Signed + ";q=0.8", false)]
    [InlineData("application/json;q=0.8, " + Signed + ";q=0.9", true)]
    [InlineData(Signed + ";q=0", false)]
    [InlineData(Signed + ";q=0.000, */*", false)]
    [InlineData(Signed + ";q=nonsense", false)]
    [InlineData(Signed + ";q=2", false)]
    [InlineData(Signed + ";q=-1", false)]
    [InlineData(Signed + ";q=1e-9999", false)]
    [InlineData("text/html, " + Signed + ";v=1, */*;q=0.1", true)]
    [InlineData(",,;;=,", false)]
    public void Only_who_names_the_signed_form_gets_it(string? accept, bool wants) => Assert.Equal(wants, IntrospectionAccept.WantsJwt(accept));

    // RFC 9110 §12.5.1: the range that names it best decides.
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("*/*", true)]
    [InlineData("application/*", true)]
    [InlineData(Signed, true)]
    [InlineData("application/json, */*;q=0.1", true)]
    [InlineData("application/json;q=1, " + Signed + ";q=0.1", true)]
    [InlineData("application/*;q=0, " + Signed, true)]
    [InlineData("*/*;q=0, APPLICATION/TOKEN-INTROSPECTION+JWT", true)]
    [InlineData("application/json", false)]
    [InlineData("application/jwt, text/html", false)]
    [InlineData(Signed + ";q=0, */*", false)]
    [InlineData("application/*;q=0, */*", false)]
    [InlineData("*/*;q=0", false)]
    [InlineData(Signed + ";q=nonsense", false)]
    [InlineData(",,;;=,", false)]
    public void The_signed_form_is_taken_unless_it_is_excluded(string? accept, bool takes) => Assert.Equal(takes, IntrospectionAccept.TakesJwt(accept));

    private static Dictionary<string, ResourceDefinition> Resources(params (string Identifier, string[] Scopes, string[] Clients)[] entries) => entries.ToDictionary(
        entry => entry.Identifier,
        entry => new ResourceDefinition { Identifier = entry.Identifier, Name = entry.Identifier, Scopes = entry.Scopes, IntrospectionClients = entry.Clients },
        StringComparer.Ordinal);

    private static string Write(IntrospectionAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            answer.Write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
