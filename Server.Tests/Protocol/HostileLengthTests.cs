using System.Diagnostics;
using System.Text;
using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

/// <summary>100,000 of anything, in any field, is answered at once: no parser backtracks or counts twice.</summary>
public sealed class HostileLengthTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(250);   // generous: it is a few milliseconds

    private static readonly Client Native = Sample.Client with { ApplicationType = "native", RedirectUris = ["http://127.0.0.1/cb", "http://localhost/cb", Sample.RedirectUri] };

    private static readonly ClientMetadataRules Rules = new(Sample.Capabilities, Sample.Client.Scope, Sample.Client.Resources);

    private static readonly Dictionary<string, Action<string>> s_parsers = new(StringComparer.Ordinal)
    {
        ["form"] = text => Parameters.Parse(Encoding.UTF8.GetBytes(text)),
        ["form value"] = text => Parameters.Parse(Encoding.UTF8.GetBytes("a=" + text + "&b=" + text)),
        ["scope"] = text => Scope.Parse(text),
        ["Basic header"] = text => ClientCredentials.Read("Basic " + text, Parameters.Empty),
        ["Basic content"] = text => ClientCredentials.Read("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text + ":" + text)), Parameters.Empty),
        ["redirect_uri"] = text => RedirectUri.Choose(text, Native, isOpenId: true),
        ["redirect_uri path"] = text => RedirectUri.Choose("http://127.0.0.1:1/" + text, Native, isOpenId: true),
        ["redirect_uri port"] = text => RedirectUri.Choose("http://127.0.0.1:" + text, Native, isOpenId: true),
        ["redirect_uri at /token"] = text => RedirectUri.MayRedeem(text, Sample.Code),
        ["origin"] = text => RedirectUri.OriginOf("https://" + text),
        ["registered uri"] = text => RedirectUriRules.FindFault("https://" + text, "web"),
        ["registered scheme"] = text => RedirectUriRules.FindFault(text + ":/", "native"),
        ["web uri"] = text => RedirectUriRules.FindWebFault("https://app.example/" + text),
        ["client"] = text => Rules.Validate(Sample.Client with
        {
            ClientId = text,
            ClientName = text,
            Contacts = [text],
            RedirectUris = [text],
            LogoUri = text,
            Scope = [text],
            Resources = [text],
            GrantTypes = [text],
        }),
        ["code_challenge"] = text => Pkce.IsChallenge(text),
        ["code_verifier"] = text => Pkce.Matches(text, Sample.Challenge),
        ["claims"] = text => ClaimsRequest.Parse("{\"userinfo\":{\"" + text + "\":null}}"),
        ["resource"] = text => ResourceRules.Choose([text], Sample.Client),
        ["whole request"] = text => AuthorizationRequestRules.Check(
            Sample.Authorize(("scope", text), ("prompt", text), ("max_age", text), ("acr_values", text), ("claims", text)), Sample.Client, Sample.Request.RedirectUri, hint: null),
        ["prompt"] = text => AuthorizationRequestRules.Check(Sample.Authorize(("prompt", text)), Sample.Client, Sample.Request.RedirectUri, hint: null),
        ["max_age"] = text => AuthorizationRequestRules.Check(Sample.Authorize(("max_age", text)), Sample.Client, Sample.Request.RedirectUri, hint: null),
        ["response_mode"] = text => AuthorizationRequestRules.Check(Sample.Authorize(("response_mode", text)), Sample.Client, Sample.Request.RedirectUri, hint: null),
    };

    /// <summary>Every parser.</summary>
    public static TheoryData<string> Parsers => new(s_parsers.Keys);

    [Theory]
    [MemberData(nameof(Parsers))]
    public void A_hundred_thousand_characters_are_answered_at_once(string parser)
    {
        foreach (var piece in (string[])["a", "@", "%", ".", "/", " ", "a.", "a ", "1", "%2e", "../", ":", "[", "{", "&", "=&", "?", "\\", "é", "a@"])
        {
            var text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length));
            var clock = Stopwatch.StartNew();
            s_parsers[parser](text);

            Assert.True(clock.Elapsed < Bound, $"{parser} took {clock.ElapsedMilliseconds} ms for '{piece}'");
        }
    }
}
