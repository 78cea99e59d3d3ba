using System.Buffers;
using System.Text.Json;
using AuthCore.Features.BackChannelLogout;

namespace AuthCore.Tests.Features.BackChannelLogout;

/// <summary>Back-Channel Logout §2.4, §2.8, §4: what a logout token says, and what an answer means.</summary>
public sealed class DeliveryRulesTests
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_tomorrow = s_now.AddDays(1);

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    public void These_answers_deliver(int status) => Assert.IsType<DeliveryDecision.Delivered>(Decide(status));

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    [InlineData(202)]
    [InlineData(301)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(503)]
    [InlineData(504)]
    public void Any_other_is_tried_again(int status) => Assert.IsType<DeliveryDecision.Retry>(Decide(status));

    // §2.8: by 400 an application says that the token is invalid, and also that it could not sign out
    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    public void No_answer_is_final_before_the_day_is_over(int status) => Assert.IsType<DeliveryDecision.Retry>(Decide(status, attempts: 30));

    [Theory]
    [InlineData(1, 0.0, 1)]
    [InlineData(1, 1.0, 2)]
    [InlineData(2, 1.0, 4)]
    [InlineData(5, 0.5, 24)]
    [InlineData(11, 1.0, 2048)]
    [InlineData(12, 1.0, 3600)]
    [InlineData(1000, 1.0, 3600)]
    [InlineData(int.MaxValue, 0.0, 1800)]
    public void The_wait_doubles_to_an_hour_and_half_of_it_is_chance(int attempts, double jitter, int seconds) =>
        Assert.Equal(s_now.AddSeconds(seconds), Assert.IsType<DeliveryDecision.Retry>(DeliveryRules.Decide(500, attempts, s_now, s_tomorrow, jitter)).At);

    [Fact]
    public void When_the_next_attempt_would_be_too_late_there_is_none()
    {
        Assert.IsType<DeliveryDecision.Retry>(DeliveryRules.Decide(500, 1, s_now, s_now.AddSeconds(2), jitter: 1));
        Assert.IsType<DeliveryDecision.Dead>(DeliveryRules.Decide(500, 1, s_now, s_now.AddSeconds(1.9), jitter: 1));
        Assert.IsType<DeliveryDecision.Delivered>(DeliveryRules.Decide(200, 1, s_now, s_now.AddDays(-1), jitter: 1));
    }

    [Fact]
    public void A_day_of_attempts_is_a_few_dozen()
    {
        var (now, attempts) = (s_now, 1);
        while (DeliveryRules.Decide(0, attempts, now, s_tomorrow, jitter: 0) is DeliveryDecision.Retry retry)
        {
            (now, attempts) = (retry.At, attempts + 1);
        }

        Assert.InRange(attempts, 20, 80);
    }

    [Fact]
    public void A_logout_token_has_these_claims_and_no_others()
    {
        const string jti = "11111111-2222-3333-4444-555555555555.1";
        var sid = Guid.Parse("08a5019c-17e1-4977-8f42-65a12843ea02");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            new LogoutTokenClaims { Issuer = "https://server.example.com", Subject = "248289761001", Audience = "s6BhdRkqt3", IssuedAt = s_now, JwtId = jti, SessionId = sid }.Write(json);
        }

        var issuedAt = s_now.ToUnixTimeSeconds();
        Assert.Equal(
            $"{{\"iss\":\"https://server.example.com\",\"sub\":\"248289761001\",\"aud\":\"s6BhdRkqt3\",\"iat\":{issuedAt},\"exp\":{issuedAt + 120},\"jti\":\"{jti}\",\"sid\":\"{sid}\","
            + "\"events\":{\"http://schemas.openid.net/event/backchannel-logout\":{}}}",
            System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static DeliveryDecision Decide(int status, int attempts = 1) => DeliveryRules.Decide(status, attempts, s_now, s_tomorrow, jitter: 1);
}
