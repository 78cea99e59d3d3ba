using System.Security.Cryptography;
using System.Text;
using AuthCore.Flows;
using AuthCore.Jose;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 9068, OIDC Core §2: what is in the tokens, as a library nobody here wrote reads and verifies them.</summary>
public sealed class TokenContentTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private const string RsaApi = "https://rsa.test";

    private static readonly Client s_client = Seed.FirstParty;

    [Fact]
    public async Task An_access_token_has_every_claim_of_rfc9068_and_verifies()
    {
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(s_client);

        var token = await VerifyAsync(tokens.AccessToken, "at+jwt", "ES256", app.Issuer);

        var now = app.Time!.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(app.Issuer, token.Issuer);
        Assert.Equal([app.Issuer], token.Audiences);
        Assert.Equal(Seed.Alice.Subject, token.Subject);
        Assert.Equal(s_client.ClientId, token.GetClaim("client_id").Value);
        Assert.Equal("openid profile offline_access", token.GetClaim("scope").Value);
        Assert.Equal(now, token.GetPayloadValue<long>("iat"));
        Assert.Equal(now + 900, token.GetPayloadValue<long>("exp"));
        Assert.Equal(900, tokens.Body.GetProperty("expires_in").GetInt32());
        Assert.Equal(now, token.GetPayloadValue<long>("auth_time"));
        Assert.Equal("urn:authcore:acr:1", token.GetClaim("acr").Value);
        Assert.Equal(["pwd"], token.GetPayloadValue<string[]>("amr"));
        Assert.Equal(TokenSteps.GrantOf(tokens.RefreshToken).ToString(), token.GetClaim("gid").Value);
        Assert.NotEmpty(token.Id);
    }

    [Fact]
    public async Task No_two_access_tokens_have_one_jti()
    {
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(s_client);
        var second = await browser.RefreshAsync(s_client, first.RefreshToken);
        var retry = await browser.RefreshAsync(s_client, first.RefreshToken);

        Assert.Equal(3, new[] { first, second, retry }.Select(tokens => TestBrowser.ClaimsOf(tokens.AccessToken).GetProperty("jti").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task An_id_token_verifies_and_fits_its_access_token()
    {
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(s_client);

        var token = await VerifyAsync(tokens.IdToken, "JWT", "RS256", s_client.ClientId);

        var now = app.Time!.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal([s_client.ClientId], token.Audiences);
        Assert.Equal(Seed.Alice.Subject, token.Subject);
        Assert.Equal("a-nonce", token.GetClaim("nonce").Value);
        Assert.Equal(now, token.GetPayloadValue<long>("iat"));
        Assert.Equal(now + 300, token.GetPayloadValue<long>("exp"));
        Assert.Equal(now, token.GetPayloadValue<long>("auth_time"));
        Assert.NotEmpty(token.GetClaim("sid").Value);
        Assert.Equal(HalfHashOf(tokens.AccessToken), token.GetClaim("at_hash").Value);
        Assert.False(token.TryGetPayloadValue<string>("name", out _));    // OIDC Core §5.4: at userinfo
        Assert.False(token.TryGetPayloadValue<string>("scope", out _));
    }

    [Fact]
    public async Task A_client_may_have_its_id_tokens_signed_with_es256()
    {
        var client = s_client with { ClientId = "es256", IdTokenSignedResponseAlg = "ES256" };
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();
        var first = await browser.BeginAsync(client);
        var second = await browser.RefreshAsync(client, first.RefreshToken);

        Assert.Equal(HalfHashOf(first.AccessToken), (await VerifyAsync(first.IdToken, "JWT", "ES256", client.ClientId)).GetClaim("at_hash").Value);
        Assert.Equal(HalfHashOf(second.AccessToken), (await VerifyAsync(second.IdToken, "JWT", "ES256", client.ClientId)).GetClaim("at_hash").Value);
    }

    [Fact]
    public async Task A_resource_may_have_its_access_tokens_signed_with_rs256_and_live_otherwise()
    {
        await SaveRsaApiAsync();
        var service = Seed.Machine with { ClientId = "rsa-service", Resources = [RsaApi] };
        var client = s_client with { ClientId = "rsa-client", Resources = [RsaApi], DefaultResource = RsaApi };
        await app.SaveAsync(service);
        await app.SaveAsync(client);
        using var browser = app.CreateBrowser();

        var own = await browser.AskAsync(service, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials", ["resource"] = RsaApi });
        var forAlice = await browser.BeginAsync(client);

        Assert.Equal([RsaApi], (await VerifyAsync(own.AccessToken, "at+jwt", "RS256", RsaApi)).Audiences);
        Assert.Equal([RsaApi, app.Issuer], (await VerifyAsync(forAlice.AccessToken, "at+jwt", "RS256", RsaApi)).Audiences);
        Assert.Equal(120, own.Body.GetProperty("expires_in").GetInt32());
        Assert.Equal(120, forAlice.Body.GetProperty("expires_in").GetInt32());
        Assert.Equal(HalfHashOf(forAlice.AccessToken), TestBrowser.ClaimsOf(forAlice.IdToken).GetProperty("at_hash").GetString());
    }

    [Fact]
    public async Task Without_openid_the_issuer_is_not_added_to_the_audience_and_there_is_no_id_token()
    {
        using var browser = app.CreateBrowser();
        var request = TestBrowser.Request(s_client, "read:files").Append(new("resource", "https://api.test"));
        var code = TestBrowser.QueryOf(await browser.CompleteAsync(request))["code"];

        var tokens = await browser.RedeemAsync(s_client, code);

        Assert.Equal(["https://api.test"], (await VerifyAsync(tokens.AccessToken, "at+jwt", "ES256", "https://api.test")).Audiences);
        Assert.False(tokens.Has("id_token"));
        Assert.NotEqual(System.Net.HttpStatusCode.OK, await browser.UserInfoStatusAsync(tokens.AccessToken));
    }

    [Fact]
    public async Task A_token_of_client_credentials_verifies()
    {
        using var browser = app.CreateBrowser();
        var tokens = await browser.AskAsync(Seed.Machine, new(StringComparer.Ordinal) { ["grant_type"] = "client_credentials", ["resource"] = "https://api.test" });

        Assert.Equal("machine", (await VerifyAsync(tokens.AccessToken, "at+jwt", "ES256", "https://api.test")).Subject);
    }

    [Fact]
    public async Task A_token_changed_by_one_bit_or_read_as_another_kind_does_not_verify()
    {
        using var browser = app.CreateBrowser();
        var tokens = await browser.BeginAsync(s_client);
        var parts = tokens.AccessToken.Split('.');
        var payload = CanonicalBase64Url.Decode(parts[1])!;
        payload[^2] ^= 1;

        Assert.False((await ValidateAsync($"{parts[0]}.{CanonicalBase64Url.Encode(payload)}.{parts[2]}", "at+jwt", "ES256", app.Issuer)).IsValid);
        Assert.False((await ValidateAsync(tokens.IdToken, "at+jwt", "RS256", s_client.ClientId)).IsValid);
        Assert.False((await ValidateAsync(tokens.AccessToken, "JWT", "ES256", app.Issuer)).IsValid);
        Assert.False((await ValidateAsync(tokens.AccessToken, "at+jwt", "RS256", app.Issuer)).IsValid);
    }

    private async Task SaveRsaApiAsync()
    {
        await app.Get<ScopeStore>().SaveResourceAsync(new ResourceDefinition { Identifier = RsaApi, Name = "Old API", SigningAlg = "RS256", AccessTokenLifetime = 120 }, CancellationToken.None);
        await app.Get<Catalog>().StartAsync(CancellationToken.None);
    }

    private async Task<JsonWebToken> VerifyAsync(string jwt, string type, string algorithm, string audience)
    {
        var result = await ValidateAsync(jwt, type, algorithm, audience);
        Assert.True(result.IsValid, result.Exception?.Message);
        return (JsonWebToken)result.SecurityToken;
    }

    private async Task<TokenValidationResult> ValidateAsync(string jwt, string type, string algorithm, string audience)
    {
        using var http = app.CreateClient();
        var discovery = System.Text.Json.JsonElement.Parse(await http.GetStringAsync(app.Issuer + "/.well-known/openid-configuration"));
        var keys = new JsonWebKeySet(await http.GetStringAsync(discovery.GetProperty("jwks_uri").GetString()));
        return new JsonWebTokenHandler().ValidateToken(jwt, new TokenValidationParameters
        {
            ValidIssuer = discovery.GetProperty("issuer").GetString(),
            ValidAudience = audience,
            ValidTypes = [type],
            ValidAlgorithms = [algorithm],
            IssuerSigningKeys = keys.GetSigningKeys(),
            TryAllIssuerSigningKeys = false,
            LifetimeValidator = (_, expires, _, _) => expires > app.Time!.GetUtcNow().UtcDateTime,
        });
    }

    private static string HalfHashOf(string accessToken) => CanonicalBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));
}
