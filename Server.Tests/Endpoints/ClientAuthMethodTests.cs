using AuthCore.Flows;
using AuthCore.Protocol;
using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>RFC 6749 §2.3: a way of proving who one is that a feature brings is asked where the client is registered for it, and nowhere else.</summary>
public sealed class ClientAuthMethodTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
    private static readonly Client s_tls = Seed.Machine with { ClientId = "by-certificate", TokenEndpointAuthMethod = "test_tls", Secrets = [] };
    private static readonly Client s_assertion = s_tls with { ClientId = "by-assertion", TokenEndpointAuthMethod = "test_assertion" };
    private static readonly (string, string)[] s_half = [("client_assertion", "x"), ("client_assertion_type", "t")];

    private readonly Method _tls = new("test_tls", ClientCredentials.IdOnly);
    private readonly Method _assertion = new("test_assertion", ClientCredentials.Assertion);

    [Fact]
    public async Task A_client_that_sends_just_its_id_is_asked_for_its_certificate()
    {
        Assert.Equal("by-certificate", await AuthenticateAsync(s_tls, null, ("client_id", "by-certificate")));
        Assert.Equal(1, _tls.Asked);

        _tls.Refuses = true;
        Assert.Equal("invalid_client", await AuthenticateAsync(s_tls, null, ("client_id", "by-certificate")));
    }

    [Fact]
    public async Task Whoever_sends_something_else_is_refused_unasked()
    {
        Assert.Equal("invalid_client", await AuthenticateAsync(s_tls, TestBrowser.Basic("by-certificate", AuthCoreApp.Secret)));
        Assert.Equal("invalid_client", await AuthenticateAsync(s_tls, null, ("client_id", "by-certificate"), ("client_secret", AuthCoreApp.Secret)));
        Assert.Equal("invalid_client", await AuthenticateAsync(s_tls, null, [("client_id", "by-certificate"), .. s_half]));
        Assert.Equal("invalid_client", await AuthenticateAsync(s_assertion, null, ("client_id", "by-assertion")));
        Assert.Equal(0, _tls.Asked + _assertion.Asked);
    }

    [Fact]
    public async Task The_method_of_an_assertion_may_name_the_client()
    {
        _assertion.Names = "by-assertion";
        Assert.Equal("by-assertion", await AuthenticateAsync(s_assertion, null, s_half));

        _assertion.Names = "nobody";
        Assert.Equal("invalid_client", await AuthenticateAsync(s_assertion, null, s_half));
        _assertion.Names = "machine";
        Assert.Equal("invalid_client", await AuthenticateAsync(s_assertion, null, s_half));   // it has a secret, and no assertion stands in for it
        _assertion.Names = null;
        Assert.Equal("invalid_client", await AuthenticateAsync(s_assertion, null, s_half));
        Assert.Equal(1, _assertion.Asked);
    }

    [Fact]
    public async Task The_method_of_a_certificate_names_nobody()
    {
        _tls.Names = "by-certificate";

        Assert.Equal("invalid_client", await AuthenticateAsync(s_tls, null));
        Assert.Equal("invalid_client", await AuthenticateAsync(s_tls, null, s_half));
        Assert.Equal(0, _tls.Asked);
    }

    [Fact]
    public async Task A_disabled_client_is_not_asked_at_all()
    {
        Assert.Equal("invalid_client", await AuthenticateAsync(s_tls with { DisabledAt = DateTimeOffset.UnixEpoch }, null, ("client_id", "by-certificate")));
        Assert.Equal(0, _tls.Asked);
    }

    private async Task<string> AuthenticateAsync(Client client, string? authorization, params (string Name, string Value)[] parameters)
    {
        await app.SaveAsync(client);
        var authenticator = new ClientAuthenticator(app.Get<ClientCache>(), [_tls, _assertion], app.Time!);
        var request = new RequestFacts
        {
            Method = "POST",
            Path = "/token",
            Authorization = authorization,
            Parameters = Parameters.Of(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))),
        };
        return (await authenticator.AuthenticateAsync(request, TestContext.Current.CancellationToken)).Try(out var proven, out var error) ? proven.ClientId : error.Code;
    }

    private sealed class Method(string name, string presented) : IClientAuthMethod
    {
        public string Name => name;

        public string Presented => presented;

        public string? Names { get; set; }

        public bool Refuses { get; set; }

        public int Asked { get; private set; }

        public string? FindClientId(RequestFacts request) => Names;

        public Task<Result<Client>> VerifyAsync(Client client, RequestFacts request, CancellationToken ct)
        {
            Asked++;
            return Task.FromResult<Result<Client>>(Refuses ? ProtocolError.InvalidClient("refused") : client);
        }
    }
}
