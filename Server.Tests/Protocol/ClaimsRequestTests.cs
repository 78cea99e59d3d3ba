using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class ClaimsRequestTests
{
    // OIDC Core §5.5, the example
    private const string Example = """
        {"userinfo":{"given_name":{"essential":true},"nickname":null,"email":{"essential":true},"email_verified":{"essential":true},
        "picture":null,"http://example.info/claims/groups":null},
        "id_token":{"auth_time":{"essential":true},"acr":{"values":["urn:mace:incommon:iap:silver"]}}}
        """;

    [Fact]
    public void Reads_the_example_of_the_standard()
    {
        var claims = ClaimsRequest.Parse(Example).Value();

        Assert.Equal(["given_name", "nickname", "email", "email_verified", "picture", "http://example.info/claims/groups"], claims.UserInfo);
        Assert.Equal(["auth_time", "acr"], claims.IdToken);
        Assert.Equal(["auth_time", "given_name", "email", "email_verified"], claims.Essential);
        Assert.Null(claims.Subjects);
        Assert.Null(claims.EssentialAcr);
        Assert.Equal(["urn:mace:incommon:iap:silver"], claims.VoluntaryAcr);
        Assert.Equal(Example, claims.Json);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"unknown":{"a":1}}""")]
    [InlineData("""{"unknown":[1,2]}""")]
    [InlineData("""{"userinfo":null,"id_token":null}""")]
    [InlineData("""{"userinfo":{}}""")]
    [InlineData("""{"userinfo":{"email":{"unknown":[{}]}}}""")]
    [InlineData(" {\n} ")]
    public void What_is_not_understood_is_ignored(string json) => Assert.Null(ClaimsRequest.Parse(json).ErrorCode());

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("1")]
    [InlineData("\"{}\"")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("{")]
    [InlineData("{}{}")]
    [InlineData("{} x")]
    [InlineData("{'userinfo':{}}")]
    [InlineData("""{"userinfo":{},}""")]
    [InlineData("""{/**/}""")]
    [InlineData("""{"userinfo":{"email":NaN}}""")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"userinfo\":{\"a\tb\":null}}")]
    [InlineData("""{"userinfo":{"\ud800":null}}""")]
    [InlineData("""{"userinfo":{"\udc00\ud800":null}}""")]
    [InlineData("""{"userinfo":{"a":{"\ud800":1}}}""")]
    [InlineData("""{"\ud800":{}}""")]
    [InlineData("""{"id_token":{"sub":{"value":"\ud800"}}}""")]
    [InlineData("""{"id_token":{"sub":{"value":"a\u0000b"}}}""")]
    [InlineData("""{"id_token":{"a\u0000b":null}}""")]
    public void What_is_not_a_JSON_object_of_whole_text_is_refused(string json) => Assert.Equal("invalid_request", ClaimsRequest.Parse(json).ErrorCode());

    [Fact]
    public void A_lone_surrogate_that_is_not_escaped_is_refused() =>
        Assert.Equal("invalid_request", ClaimsRequest.Parse("{\"userinfo\":{\"\ud800\":null}}").ErrorCode());

    [Theory]
    [InlineData("""{"userinfo":[]}""")]
    [InlineData("""{"userinfo":"email"}""")]
    [InlineData("""{"userinfo":true}""")]
    [InlineData("""{"id_token":1}""")]
    [InlineData("""{"id_token":["sub"]}""")]
    [InlineData("""{"userinfo":{"email":true}}""")]
    [InlineData("""{"userinfo":{"email":"x"}}""")]
    [InlineData("""{"userinfo":{"email":[]}}""")]
    [InlineData("""{"userinfo":{"email":0}}""")]
    [InlineData("""{"id_token":{"sub":{"value":1}}}""")]
    [InlineData("""{"id_token":{"sub":{"value":null}}}""")]
    [InlineData("""{"id_token":{"sub":{"value":["alice"]}}}""")]
    [InlineData("""{"id_token":{"sub":{"value":{"a":"alice"}}}}""")]
    public void A_member_of_the_wrong_type_is_refused(string json) => Assert.Equal("invalid_request", ClaimsRequest.Parse(json).ErrorCode());

    [Theory]
    [InlineData("""{"userinfo":{},"userinfo":{}}""")]
    [InlineData("""{"userinfo":{"email":null,"email":null}}""")]
    [InlineData("""{"id_token":{"sub":{"value":"alice","value":"bob"}}}""")]
    [InlineData("""{"id_token":{"sub":{"value":"alice"},"s\u0075b":{"value":"bob"}}}""")]
    [InlineData("""{"unknown":{"a":1,"a":2}}""")]
    public void A_repeated_member_is_refused(string json) => Assert.Equal("invalid_request", ClaimsRequest.Parse(json).ErrorCode());

    [Theory]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(2000)]
    public void Deep_JSON_is_refused(int depth)
    {
        Assert.Equal("invalid_request", ClaimsRequest.Parse(Nested("{\"a\":", "}", depth)).ErrorCode());
        Assert.Equal("invalid_request", ClaimsRequest.Parse("{\"a\":" + Nested("[", "]", depth) + "}").ErrorCode());
        Assert.Equal("invalid_request", ClaimsRequest.Parse(new string('[', depth)).ErrorCode());
    }

    [Theory]
    [InlineData(4096, null)]
    [InlineData(4097, "invalid_request")]
    [InlineData(5 * 1024 * 1024, "invalid_request")]
    public void Long_JSON_is_refused(int length, string? error) => Assert.Equal(error, ClaimsRequest.Parse("{}".PadRight(length)).ErrorCode());

    [Theory]
    [InlineData(100, null)]
    [InlineData(101, "invalid_request")]
    public void More_than_100_claims_are_refused(int count, string? error) => Assert.Equal(
        error, ClaimsRequest.Parse("{\"userinfo\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"c{i}\":null")) + "}}").ErrorCode());

    [Theory]
    [InlineData("""{"id_token":{"sub":{"value":"alice"}}}""")]
    [InlineData("""{"userinfo":{"sub":{"value":"alice"}}}""")]
    [InlineData("""{"userinfo":{"sub":{"value":"alice"}},"id_token":{"sub":{"value":"\u0061lice"}}}""")]
    [InlineData("""{"userinfo":{"sub":null},"id_token":{"sub":{"essential":true,"value":"alice"}}}""")]
    public void A_subject_asked_for_by_value_is_found(string json) => Assert.Equal(["alice"], ClaimsRequest.Parse(json).Value().Subjects!);

    [Theory]
    [InlineData("""{"id_token":{"sub":{"values":["alice","bob"]}}}""", "alice bob")]
    [InlineData("""{"id_token":{"sub":{"values":["alice","bob"]}},"userinfo":{"sub":{"values":["carol","bob"]}}}""", "bob")]
    [InlineData("""{"id_token":{"sub":{"values":["alice","bob"],"value":"bob"}}}""", "bob")]
    public void Of_several_subjects_those_that_every_part_names_will_do(string json, string subjects) =>
        Assert.Equal(subjects.Split(' '), ClaimsRequest.Parse(json).Value().Subjects!);

    [Theory]
    [InlineData("""{"id_token":{"sub":{"essential":true}}}""")]
    [InlineData("""{"id_token":{"sub":null}}""")]
    public void A_subject_without_a_value_is_anybodys(string json) => Assert.Null(ClaimsRequest.Parse(json).Value().Subjects);

    [Theory]
    [InlineData("""{"userinfo":{"sub":{"value":"alice"}},"id_token":{"sub":{"value":"bob"}}}""")]
    [InlineData("""{"userinfo":{"sub":{"values":["alice","bob"]}},"id_token":{"sub":{"value":"Alice"}}}""")]
    [InlineData("""{"id_token":{"sub":{"value":"carol","values":["alice","bob"]}}}""")]
    public void Subjects_that_nobody_can_be_at_once_are_refused(string json) => Assert.Equal("invalid_request", ClaimsRequest.Parse(json).ErrorCode());

    // OIDC Core §5.5.1: of any other claim the person's own value is given, whatever was wished for
    [Theory]
    [InlineData("""{"userinfo":{"email":{"value":1}}}""")]
    [InlineData("""{"userinfo":{"email":{"essential":true,"value":"somebody@else.example"}}}""")]
    [InlineData("""{"userinfo":{"email":{"values":[null,{},"x"]}}}""")]
    [InlineData("""{"userinfo":{"email":{"values":[]}}}""")]
    [InlineData("""{"userinfo":{"email":{"value":"a","values":["b"]}}}""")]
    public void A_value_wished_for_of_another_claim_changes_nothing(string json)
    {
        var claims = ClaimsRequest.Parse(json).Value();

        Assert.Equal(["email"], claims.UserInfo);
        Assert.Null(claims.Subjects);
        Assert.Null(claims.EssentialAcr);
    }

    // a wish that was meant to bind must not become one that does not
    [Theory]
    [InlineData("""{"id_token":{"acr":{"essential":"true","values":["urn:a"]}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":1,"values":["urn:a"]}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":null}}}""")]
    [InlineData("""{"userinfo":{"email":{"essential":"yes"}}}""")]
    [InlineData("""{"userinfo":{"email":{"values":"x"}}}""")]
    [InlineData("""{"id_token":{"sub":{"values":"alice"}}}""")]
    [InlineData("""{"id_token":{"sub":{"values":["alice",1]}}}""")]
    [InlineData("""{"id_token":{"sub":{"values":["a\u0000b"]}}}""")]
    [InlineData("""{"id_token":{"acr":{"values":[1]}}}""")]
    [InlineData("""{"id_token":{"acr":{"values":"urn:a"}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":true,"values":[]}}}""")]   // one of none: nobody has it, so it must not read as anything will do
    [InlineData("""{"id_token":{"acr":{"values":[]}}}""")]
    [InlineData("""{"id_token":{"sub":{"values":[]}}}""")]
    [InlineData("""{"userinfo":{"sub":{"value":"alice","values":[]}}}""")]
    public void A_wish_of_the_wrong_type_is_refused(string json) => Assert.Equal("invalid_request", ClaimsRequest.Parse(json).ErrorCode());

    // OIDC Core §5.5.1.1
    [Theory]
    [InlineData("""{"id_token":{"acr":{"essential":true,"values":["urn:a","urn:b"]}}}""", new[] { "urn:a", "urn:b" })]
    [InlineData("""{"id_token":{"acr":{"essential":true,"value":"urn:a"}}}""", new[] { "urn:a" })]
    [InlineData("""{"id_token":{"acr":{"essential":true,"value":"urn:b","values":["urn:a","urn:b"]}}}""", new[] { "urn:b" })]
    [InlineData("""{"id_token":{"acr":{"essential":true,"value":"urn:c","values":["urn:a","urn:b"]}}}""", new string[0])]   // which nothing meets
    [InlineData("""{"id_token":{"acr":{"essential":true}}}""", null)]
    [InlineData("""{"id_token":{"acr":{"essential":false,"values":["urn:a"]}}}""", null)]
    [InlineData("""{"id_token":{"acr":{"values":["urn:a"]}}}""", null)]
    [InlineData("""{"id_token":{"acr":null}}""", null)]
    [InlineData("""{"userinfo":{"acr":{"essential":true,"values":["urn:a"]}}}""", null)]
    public void Acr_values_bind_where_they_are_essential(string json, string[]? acr) => Assert.Equal(acr, ClaimsRequest.Parse(json).Value().EssentialAcr);

    [Theory]
    [InlineData("""{"id_token":{"acr":{"essential":true,"values":"urn:a","value":"urn:a"}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":true,"values":1}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":true,"values":[1]}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":true,"values":["urn:a",null]}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":true,"value":{}}}}""")]
    [InlineData("""{"id_token":{"acr":{"essential":true,"values":["\ud800"]}}}""")]
    public void Essential_acr_values_that_are_not_text_are_refused(string json) => Assert.Equal("invalid_request", ClaimsRequest.Parse(json).ErrorCode());

    private static string Nested(string open, string close, int depth) =>
        string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
}
