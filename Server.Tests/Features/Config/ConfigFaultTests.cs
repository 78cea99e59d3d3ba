using AuthCore.Features.Config;
using AuthCore.Options;

namespace AuthCore.Tests.Features.Config;

/// <summary>Every rule of the file, broken once: the fault names the line, and nothing is written.</summary>
public sealed class ConfigFaultTests(ConfigFaultTests.SharedServer shared) : IClassFixture<ConfigFaultTests.SharedServer>
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private readonly ConfigHarness _server = shared.Server;

    [Theory]
    [InlineData("clients: []\ncleints: []", "2: file: 'cleints' is not a known key; did you mean 'clients'?")]
    [InlineData("users:\n  - username: a\n    pasword: x", "3: user: 'pasword' is not a known key; did you mean 'password'?")]
    [InlineData("users:\n  - username: a\n    address: {street: x}", "3: user: address: 'street' is not a known key")]
    [InlineData("users:\n  - username: a\n    Email: a@b.example", "3: user: 'Email' is not a known key")]
    [InlineData("users: []\nclients: []\nusers: []", "3: 'users' is given twice; first in line 1")]
    [InlineData("users: []\n<<: {clients: []}", "2: file: '<<' is not a known key")]
    [InlineData("users: &all []", "1: anchors (&)")]
    [InlineData("users:\n  - *all", "2: aliases (*)")]
    [InlineData("users: !!seq []", "1: tags (!)")]
    [InlineData("users: !evil []", "1: tags (!)")]
    [InlineData("users: []\n---\nusers: []", "2: a second document begins")]
    [InlineData("- users", "1: the file must be a mapping")]
    [InlineData("just text", "1: the file must be a mapping")]
    [InlineData("users: [[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]", "1: this is nested too deeply")]
    [InlineData("? [a, b]\n: c", "1: a key must be a single word")]
    [InlineData("users: []\nscopes: [", "this is not YAML")]
    [InlineData("users:\n\t- username: a", "this is not YAML")]
    [InlineData("users:\n  - username: \"a\\0b\"", "2: this text holds a NUL")]
    [InlineData("users:\n  - username: \"a\\uD800b\"", "2: this is not YAML")]
    [InlineData("users:\n  - username: a\u0007b", "2: a control character is not allowed here")]
    [InlineData("users: alice", "1: file: users must be a list")]
    [InlineData("users: [alice]", "1: user: must be a mapping")]
    [InlineData("users:\n  - username: [a]", "2: user: username must be a single value")]
    [InlineData("users:\n  - username: a\n    address: Berlin", "3: user: address must be a mapping")]
    [InlineData("users:\n  - username: a\n    disabled: yes", "3: user: disabled must be true or false")]
    [InlineData("users:\n  - username: a\n    disabled: \"true\"", "3: user: disabled must be true or false")]
    public Task A_file_of_another_shape_is_refused(string yaml, string fault) => Refuses(yaml, fault);

    [Theory]
    [InlineData("scopes:\n  - title: x", "2: scope: name must be 1 to 128")]
    [InlineData("scopes:\n  - name: two words\n    title: x", "2: scope: name must be 1 to 128")]
    [InlineData("scopes:\n  - name: claim:x\n    title: x", "2: scope: name must not begin with claim:")]
    [InlineData("scopes:\n  - name: x", "2: scope: title must be 1 to 200")]
    [InlineData("scopes:\n  - name: x\n    title: \"a\\nb\"", "3: scope: title must be 1 to 200")]
    [InlineData("scopes:\n  - name: x\n    title: x\n    description: \"a\\x1bb\"", "4: scope: description must be")]
    [InlineData("scopes:\n  - name: x\n    title: x\n    claims: [shoe_size]", "4: scope: claims must be of name,")]
    [InlineData("scopes:\n  - name: email\n    claims: [name]", "3: scope: claims of a standard scope are fixed")]
    [InlineData("scopes:\n  - {name: x, title: x}\n  - {name: x, title: y}", "3: scope: name 'x' is given twice; first in line 2")]
    [InlineData("resources:\n  - name: x", "2: resource: identifier must be an absolute URI")]
    [InlineData("resources:\n  - identifier: api.example.com", "2: resource: identifier must be an absolute URI")]
    [InlineData("resources:\n  - identifier: https://api.example.com#x", "2: resource: identifier must be an absolute URI")]
    [InlineData("resources:\n  - identifier: https://id.example.com", "2: resource: identifier must not be the issuer")]
    [InlineData("resources:\n  - identifier: https://api.example.com\n    name: \"\"", "3: resource: name must be 1 to 200")]
    [InlineData("resources:\n  - identifier: https://api.example.com\n    scopes: [nope]", "3: resource: scopes names a scope")]
    [InlineData("resources:\n  - identifier: https://api.example.com\n    access_token_lifetime: 0", "3: resource: access_token_lifetime must be 1 to 86400")]
    [InlineData("resources:\n  - identifier: https://api.example.com\n    access_token_lifetime: 99999999999d", "3: resource: access_token_lifetime must be whole seconds")]
    [InlineData("resources:\n  - identifier: https://api.example.com\n    access_token_lifetime: -5", "3: resource: access_token_lifetime must be whole seconds")]
    [InlineData("resources:\n  - identifier: https://api.example.com\n    signing_alg: none", "3: resource: signing_alg must be one of ES256, RS256")]
    [InlineData("resources:\n  - identifier: https://api.example.com\n    signing_alg: ES512", "3: resource: signing_alg must be one of ES256, RS256, PS256, ES384")]
    [InlineData("resources:\n  - identifier: https://api.example.com\n    publish_metadata: true", "3: resource: publish_metadata is not supported")]
    [InlineData("resources:\n  - identifier: urn:a:b\n    publish_metadata: true", "3: resource: publish_metadata needs an identifier that is an https URL")]
    [InlineData("resources:\n  - identifier: http://api.example.com\n    publish_metadata: true", "3: resource: publish_metadata needs an identifier that is an https URL")]
    [InlineData("resources:\n  - identifier: urn:a:b\n    introspection_clients: [api]", "3: resource: introspection_clients is not supported")]
    [InlineData("resources:\n  - identifier: urn:a:b\n  - identifier: urn:a:b", "3: resource: identifier 'urn:a:b' is given twice")]
    public Task A_scope_or_resource_that_breaks_a_rule_is_refused(string yaml, string fault) => Refuses(yaml, fault);

    [Theory]
    [InlineData("client_name: x", "2: client: client_id must be 1 to 255")]
    [InlineData("client_id: web", "2: client: grant_types must not be empty")]
    [InlineData("client_id: web\n    redirect_uris: [https://*.example.com/cb]", "3: client: redirect_uris has 'https://*.example.com/cb'")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    scope: openid nope", "4: client: scope names 'nope'")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    resources: [https://nope.example]", "4: client: resources names 'https://nope.example'")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    default_resource: https://nope.example", "4: client: default_resource must be one of resources")]
    [InlineData("client_id: web\n    grant_types: [client_credentials]", "3: client: grant_types has client_credentials, which needs a confidential client")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    token_endpoint_auth_method: client_secret_post", "client: client_secret is needed")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    require_pkce: false", "4: client: require_pkce must not be false for a public client")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    id_token_signed_response_alg: HS256", "4: client: id_token_signed_response_alg must be one of RS256, ES256, PS256, ES384")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    id_token_signed_response_alg: none", "4: client: id_token_signed_response_alg must be one of RS256, ES256, PS256, ES384")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    jwks: {keys: []}", "4: client: jwks is not supported")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    require_consent: no", "4: client: require_consent must be true or false")]
    [InlineData("client_id: web\n    redirect_uris: https://a.example/cb", "3: client: redirect_uris must be a list")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n    default_max_age: soon", "4: client: default_max_age must be whole seconds")]
    [InlineData("client_id: web\n    redirect_uris: [https://a.example/cb]\n  - client_id: web\n    redirect_uris: [https://a.example/cb]", "4: client: client_id 'web' is given twice")]
    public Task A_client_that_breaks_a_rule_is_refused(string entry, string fault) => Refuses("clients:\n  - " + entry, fault);

    [Theory]
    [InlineData("client_secret_env: NOPE", "4: client: client_secret_env names the environment variable NOPE, which is not set")]
    [InlineData("client_secret_hash: abc", "4: client: client_secret_hash must be the secret's SHA-256")]
    [InlineData("client_secret: " + Secret + "\n    client_secret_env: NOPE", "client: client_secret stands beside another form")]
    [InlineData("client_secret: \"\"", "4: client: client_secret must have 1 to 512")]
    [InlineData("client_secret: \"a\\tb\"", "4: client: client_secret must have 1 to 512")]
    [InlineData("client_secret: " + Secret + "\n    token_endpoint_auth_method: none", "4: client: client_secret must not be given")]
    [InlineData("client_secret: " + Secret + "\n    client_secrets: [{client_secret: b}]", "5: client: client_secrets must hold every secret, or none")]
    [InlineData("client_secrets: [{client_secret: a}, {client_secret: b}, {client_secret: c}]", "client: client_secret has more than two entries")]
    [InlineData("client_secrets:\n      - client_secret: a\n      - client_secret: a", "4: client: client_secrets has the same secret twice")]
    [InlineData("client_secrets:\n      - expires_at: 2031-01-01", "5: client: client_secrets: client_secret is missing")]
    [InlineData("client_secrets:\n      - client_secret: a\n        expires_at: soon", "6: client: client_secrets: expires_at must be a time")]
    [InlineData("client_secrets:\n      - client_secret: a\n        expires: 2031-01-01", "6: client: client_secrets: 'expires' is not a known key")]
    public Task A_client_secret_that_breaks_a_rule_is_refused(string entry, string fault) =>
        Refuses("clients:\n  - client_id: web\n    redirect_uris: [https://a.example/cb]\n    " + entry, fault);

    [Theory]
    [InlineData("email: a@b.example", "2: user: username must be 1 to 200")]
    [InlineData("username: \" ann\"", "2: user: username must be 1 to 200")]
    [InlineData("username: \"a\\u0085b\"", "2: user: username must be 1 to 200")]
    [InlineData("username: ann@b.example\n    email: other@b.example", "2: user: username has an @")]
    [InlineData("username: ann\n    sub: has space", "3: user: sub must be 1 to 255")]
    [InlineData("username: ann\n    sub: \"\"", "3: user: sub must not be empty")]
    [InlineData("username: ann\n    sub: é", "3: user: sub must be 1 to 255")]
    [InlineData("username: ann\n    sub: one\n  - username: bob\n    sub: one", "5: user: sub 'one' is given twice; first in line 3")]
    [InlineData("username: ann\n  - username: ANN", "3: user: username 'ann' is also that of the user in line 2")]
    [InlineData("username: ann\n    email: a@b.example\n  - username: bob\n    email: A@B.example", "5: user: email 'a@b.example' is also that of the user in line 2")]
    [InlineData("username: ann\n    email: a@b.example\n  - username: a@b.example", "4: user: username 'a@b.example' is also that of the user in line 2")]
    [InlineData("username: ann\n    email: nowhere", "3: user: email must be an address")]
    [InlineData("username: ann\n    email_verified: true", "3: user: email_verified is true without an email")]
    [InlineData("username: ann\n    phone_number_verified: true", "3: user: phone_number_verified is true without a phone_number")]
    [InlineData("username: ann\n    phone_number: call me", "3: user: phone_number must be")]
    [InlineData("username: ann\n    birthdate: 1990-13-01", "3: user: birthdate must be")]
    [InlineData("username: ann\n    picture: javascript:alert(1)", "3: user: picture must be an https or http URL")]
    [InlineData("username: ann\n    name: \"a\\x1bb\"", "3: user: name must be 1 to 200")]
    [InlineData("username: ann\n    address: {country: \"a\\x1bb\"}", "3: user: address must be")]
    [InlineData("username: ann\n    password: \"\"", "3: user: password must have 1 to 1024")]
    [InlineData("username: ann\n    password: a\n    password_env: B", "3: user: password stands beside another form")]
    [InlineData("username: ann\n    password_hash: a\n    password: b", "4: user: password stands beside another form")]
    [InlineData("username: ann\n    password_hash: md5:abc", "3: user: password_hash is in no form")]
    [InlineData("username: ann\n    password_env: NOPE", "3: user: password_env names the environment variable NOPE, which is not set")]
    public Task A_user_that_breaks_a_rule_is_refused(string entry, string fault) => Refuses("users:\n  - " + entry, fault);

    [Fact]
    public async Task All_faults_are_listed_at_once_in_the_order_of_their_lines()
    {
        var message = await _server.FaultsOfAsync("nonsense: 1\nusers:\n  - username: \"\"\n    emial: x\nscopes:\n  - name: x");

        Assert.Equal(
            ["authcore.yaml:1: file: 'nonsense'", "authcore.yaml:3: user: username must", "authcore.yaml:4: user: 'emial'", "authcore.yaml:6: scope: title must"],
            message.Split('\n').Skip(1).Select(line => string.Join(' ', line.Trim().Split(' ').Take(line.Contains("must", StringComparison.Ordinal) ? 4 : 3))));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_refused()
    {
        var fault = await Assert.ThrowsAsync<StartupException>(() => _server.ApplyAsync(new ConfigSource("authcore.yaml", [0x61, 0xff], IsBuiltIn: false)));
        Assert.Contains("authcore.yaml:1: the file is not UTF-8", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_over_1_MB_is_refused() =>
        Assert.Contains("larger than 1 MB", await _server.FaultsOfAsync("#" + new string('x', 1_048_576)), StringComparison.Ordinal);

    [Theory]
    [InlineData("users:\n  - username: ann\n    password: &hush hush-hush-hush")]
    [InlineData("users:\n  - username: ann\n    password: [hush-hush-hush]")]
    [InlineData("users:\n  - username: ann\n    password_hash: hush-hush-hush")]
    [InlineData("users:\n  - username: ann\n    password: \"hush-hush-hush\\qhush\"")]
    [InlineData("users:\n  - username: ann\n    password: hush-hush-hush: hush-hush-hush")]
    [InlineData("clients:\n  - client_id: x\n    client_secret_hash: hush-hush-hush")]
    [InlineData("clients:\n  - client_id: x\n    client_secret: hush-hush-hush\n    client_secrets: [{client_secret: hush-hush-hush}]")]
    public async Task A_fault_never_shows_the_secret(string yaml) =>
        Assert.DoesNotContain("hush-hush", await _server.FaultsOfAsync(yaml), StringComparison.Ordinal);

    private async Task Refuses(string yaml, string fault)
    {
        Assert.Contains((char.IsAsciiDigit(fault[0]) ? "authcore.yaml:" : "") + fault, (await _server.FaultsOfAsync(yaml)).Replace("\r\n", "\n", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("", await _server.RowVersionsAsync());
    }

    /// <summary>One database for all: no test here writes, and each sees that.</summary>
    public sealed class SharedServer : IAsyncLifetime
    {
        internal ConfigHarness Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Server = await ConfigHarness.CreateAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
