using AuthCore.Protocol;
using AuthCore.Tests.Endpoints;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Features.ClientAssertions;

/// <summary>RFC 7591 §2 <c>jwks_uri</c>: the client publishes its keys, and changes them when it likes.</summary>
public sealed class RemoteKeysTests(AssertionServer server) : IClassFixture<AssertionServer>
{
    private static Client Client(string id) => AssertionServer.Service(id) with { Jwks = null, JwksUri = $"https://app.example/{id}" };

    [Fact]
    public async Task A_key_published_yesterday_is_fetched_once_and_a_new_one_within_a_minute()
    {
        var client = Client("rotating");
        await server.App.SaveAsync(client);
        server.Source.Serve(client.JwksUri!, TestJwt.SetOf(AssertionServer.Key));
        var calls = server.Source.Calls;

        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(AssertionServer.Key, server.Claims(client.ClientId)))).Verdict);
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(AssertionServer.Key, server.Claims(client.ClientId)))).Verdict);
        Assert.Equal(calls + 1, server.Source.Calls);

        server.Source.Serve(client.JwksUri!, TestJwt.SetOf(AssertionServer.Key, AssertionServer.OtherKey));
        server.App.Time!.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(TestJwt.Sign(AssertionServer.OtherKey, server.Claims(client.ClientId)))).Verdict);
        Assert.Equal(calls + 2, server.Source.Calls);
    }

    [Fact]
    public async Task Where_the_keys_cannot_be_had_the_answer_is_503_and_the_assertion_stays_usable()
    {
        var client = Client("away");
        await server.App.SaveAsync(client);
        server.Source.Fail(client.JwksUri!);
        var assertion = server.Assertion(client);

        var answer = await server.AskAsync(assertion);

        Assert.Equal(TokenAnswer.Unavailable, answer.Verdict);
        Assert.NotNull(answer.Http.Headers.RetryAfter);
        server.Source.Serve(client.JwksUri!, TestJwt.SetOf(AssertionServer.Key));
        server.App.Time!.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(assertion)).Verdict);
    }

    [Fact]
    public async Task A_server_that_hangs_holds_up_nobody_else()
    {
        var client = Client("hanging");
        var other = AssertionServer.Service("in-a-hurry");
        await server.App.SaveAsync(client);
        await server.App.SaveAsync(other);
        server.Source.Serve(client.JwksUri!, TestJwt.SetOf(AssertionServer.Key));
        server.Source.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var waiting = server.AskAsync(server.Assertion(client));
        Assert.Equal(TokenAnswer.Ok, (await server.AskAsync(server.Assertion(other))).Verdict);
        Assert.False(waiting.IsCompleted);
        server.Source.Gate.SetResult();
        server.Source.Gate = null;

        Assert.Equal(TokenAnswer.Ok, (await waiting).Verdict);
    }

    // CVE-2020-10770 and its like: what a request names is never called.
    [Fact]
    public async Task Nothing_that_an_assertion_names_is_fetched()
    {
        var client = AssertionServer.Service("tempted");
        await server.App.SaveAsync(client);
        var calls = server.Source.Calls;
        foreach (var header in new[] { "jku", "x5u" })
        {
            await server.AskAsync(TestJwt.Sign(AssertionServer.OtherKey, server.Claims(client.ClientId), (header, "https://evil.example/keys")));
        }

        await server.AskAsync(TestJwt.Sign(AssertionServer.OtherKey, server.Claims("https://evil.example/client"), ("kid", "https://evil.example/keys")));
        Assert.Equal(calls, server.Source.Calls);
    }
}
