using System.Net;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

/// <summary>On the computer's own clock: a server whose clock differs from the database's is not ready.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly AuthCoreApp app = new() { Time = null };

    public ValueTask InitializeAsync() => app.InitializeAsync();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task A_server_whose_clock_is_far_from_the_database_s_is_not_ready()
    {
        await using var elsewhen = new AuthCoreApp();   // its clock stands in 2030
        await elsewhen.InitializeAsync();
        using var http = elsewhen.CreateClient();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(elsewhen.Issuer + "/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(elsewhen.Issuer + "/health/live")).StatusCode);
    }

    [Theory]
    [InlineData("/health/live", "live")]
    [InlineData("/health/ready", "ready")]
    [InlineData("/healthz", "ready")]
    public async Task A_healthy_server_says_so(string path, string text)
    {
        using var http = app.CreateClient();

        var answer = await http.GetAsync(app.Issuer + path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(text, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_changes_nothing_and_takes_no_POST(string path)
    {
        using var http = app.CreateClient();

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.PostAsync(app.Issuer + path, null)).StatusCode);
    }
}
