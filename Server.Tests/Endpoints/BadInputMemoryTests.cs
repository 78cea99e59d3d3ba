using System.Buffers.Text;
using System.Text;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>What measures the memory of the whole process runs while nothing else does.</summary>
[CollectionDefinition(nameof(BadInputMemoryTests), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(BadInputMemoryTests))]
public sealed class BadInputMemoryTests : IAsyncLifetime
{
    private const int Requests = 5_000;

    private readonly AuthCoreApp _app = new();

    public ValueTask InitializeAsync() => _app.InitializeAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Thousands_of_distinct_values_are_kept_nowhere()
    {
        var padding = new string('x', 6_000);
        using var http = _app.CreateClient();
        await RoundAsync("warm", 300);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        await RoundAsync("round", Requests);

        // kept, they would be 60 MB; the lines of the log that this test keeps itself are one or two
        var more = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(more < 15_000_000, $"{more} bytes more");

        async Task RoundAsync(string name, int count)
        {
            for (var n = 0; n < count; n++)
            {
                var value = $"{name}{n}{padding}";
                var bearer = new HttpRequestMessage(HttpMethod.Get, _app.Issuer + "/userinfo");
                bearer.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{value}}"}"""))}.e30.AA");
                using var answer = (n % 3) switch
                {
                    0 => await http.GetAsync($"{_app.Issuer}/authorize?client_id={value}&ui_locales={value}&state={value}"),
                    1 => await http.PostAsync(_app.Issuer + "/token", new FormUrlEncodedContent([new("client_id", value), new("scope", value), new("grant_type", value)])),
                    _ => await http.SendAsync(bearer),
                };
            }
        }
    }
}
