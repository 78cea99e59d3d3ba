using System.Net;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Endpoints;

public sealed class HealthTests(AuthCoreApp app) : IClassFixture<AuthCoreApp>
{
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
