using System.Text.Json;
using AuthCore.Protocol;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Protocol;

public sealed class MetadataTests
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    [Fact]
    public void The_discovery_document_is_the_golden_one() => Assert.Equal(
        File.ReadAllText(Path.Combine(SourceTree.Root, "Server.Tests", "Protocol", "MetadataTests.golden.json")).TrimEnd(),
        Metadata.Build("https://id.example", Sample.Capabilities, Sample.Scopes).ToJsonString(s_indented));

    // RFC 8414 §2: "introspection_endpoint_auth_signing_alg_values_supported" and its like must be there with private_key_jwt.
    [Fact]
    public void Wherever_an_assertion_is_taken_its_algorithms_are_said_and_nowhere_else()
    {
        var capabilities = Sample.Capabilities with { TokenEndpointAuthMethods = ["private_key_jwt"], TokenEndpointAuthSigningAlgs = ["ES256", "PS256"] };
        var document = Metadata.Build("https://id.example", capabilities, Sample.Scopes);
        document["introspection_endpoint_auth_methods_supported"] = new System.Text.Json.Nodes.JsonArray("client_secret_basic", "private_key_jwt");
        document["revocation_endpoint_auth_methods_supported"] = new System.Text.Json.Nodes.JsonArray("none");

        Metadata.Complete(document, capabilities);

        foreach (var endpoint in new[] { "token", "introspection" })
        {
            Assert.Equal("""["ES256","PS256"]""", document[endpoint + "_endpoint_auth_signing_alg_values_supported"]!.ToJsonString());
        }

        Assert.False(document.ContainsKey("revocation_endpoint_auth_signing_alg_values_supported"));
        var without = Metadata.Build("https://id.example", Sample.Capabilities, Sample.Scopes);
        Metadata.Complete(without, Sample.Capabilities);
        Assert.DoesNotContain(without, member => member.Key.Contains("signing_alg_values", StringComparison.Ordinal) && member.Key.Contains("auth", StringComparison.Ordinal));
    }

    // OIDC Discovery §4.3, RFC 8414 §3.3
    [Theory]
    [InlineData("https://id.example")]
    [InlineData("https://id.example/tenant")]
    [InlineData("http://localhost:8080")]
    public void The_issuer_is_exact_and_begins_every_endpoint(string issuer)
    {
        var document = Metadata.Build(issuer, Sample.Capabilities, Sample.Scopes);

        Assert.Equal(issuer, (string?)document["issuer"]);
        Assert.All(
            document.Where(member => member.Key.EndsWith("_endpoint", StringComparison.Ordinal) || member.Key == "jwks_uri"),
            member => Assert.StartsWith(issuer + "/", (string?)member.Value, StringComparison.Ordinal));
    }

    // RFC 8414 §2, OIDC Discovery §3: absent, each of these would mean yes, or more than is done.
    [Theory]
    [InlineData("request_uri_parameter_supported")]
    [InlineData("grant_types_supported")]
    [InlineData("response_modes_supported")]
    [InlineData("token_endpoint_auth_methods_supported")]
    [InlineData("claim_types_supported")]
    public void Where_silence_means_yes_the_value_is_said(string member) =>
        Assert.True(Metadata.Build("https://id.example", Sample.Capabilities, Sample.Scopes).ContainsKey(member));

    [Theory]
    [InlineData("plain")]
    [InlineData("implicit")]
    [InlineData("password")]
    [InlineData("fragment")]
    [InlineData("token")]
    [InlineData("none\",\"HS256")]
    public void What_is_refused_is_not_advertised(string value) => Assert.DoesNotContain(
        $"\"{value}\"", Metadata.Build("https://id.example", Sample.Capabilities, Sample.Scopes).ToJsonString(), StringComparison.Ordinal);

    [Fact]
    public void No_ID_token_is_unsigned() => Assert.DoesNotContain("none", Sample.Capabilities.IdTokenSigningAlgs);

    [Fact]
    public void Every_mode_and_prompt_advertised_is_accepted()
    {
        foreach (var mode in AuthorizationRequestRules.ResponseModes)
        {
            Assert.Null(Check(("response_mode", mode)));
        }

        foreach (var prompt in AuthorizationRequestRules.Prompts)
        {
            Assert.Null(Check(("prompt", prompt)));
        }

        static string? Check(params (string Name, string? Value)[] changes) =>
            AuthorizationRequestRules.Check(Sample.Authorize(changes), Sample.Client, Sample.Request.RedirectUri, hint: null).ErrorCode();
    }
}
