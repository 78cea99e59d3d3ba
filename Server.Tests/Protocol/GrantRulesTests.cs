using AuthCore.Protocol;

namespace AuthCore.Tests.Protocol;

public sealed class GrantRulesTests
{
    /// <summary>Each way in which user, client or family may get nothing any more.</summary>
    public static TheoryData<string> Faults => new(Broken.Keys);

    internal static Dictionary<string, (Grant Grant, Client Client)> Broken { get; } = new(StringComparer.Ordinal)
    {
        ["client disabled"] = (Sample.Grant, Sample.Client with { DisabledAt = Sample.Now }),
        ["another client"] = (Sample.Grant, Sample.Client with { ClientId = "other" }),
        ["grant revoked"] = (Sample.Grant with { RevokedAt = Sample.Now.AddDays(-1) }, Sample.Client),
        ["grant revoked, by a clock ahead"] = (Sample.Grant with { RevokedAt = Sample.Now.AddSeconds(5) }, Sample.Client),
        ["user disabled"] = (Sample.Grant with { UserIsEnabled = false }, Sample.Client),
        ["user disabled, offline"] = (Sample.Grant with { UserIsEnabled = false, Offline = true }, Sample.Client),
        ["grant expired"] = (Sample.Grant with { ExpiresAt = Sample.Now.AddTicks(-1) }, Sample.Client),
        ["grant expires now"] = (Sample.Grant with { ExpiresAt = Sample.Now }, Sample.Client),
        ["scope taken from the client"] = (Sample.Grant, Sample.Client with { Scope = ["openid", "email"] }),
        ["offline_access taken from the client"] =
            (Sample.Grant with { Offline = true, Scope = ["openid", "offline_access"] }, Sample.Client with { Scope = ["openid", "email", "todo.read"] }),
        ["resource taken from the client"] = (Sample.Grant, Sample.Client with { Resources = ["https://files.example/"] }),
        ["client became pairwise"] = (Sample.Grant, Sample.Client with { SubjectType = "pairwise" }),
        ["client is pairwise no more"] = (Sample.Grant with { Sector = "app.example" }, Sample.Client),
        ["sector changed"] = (Sample.Grant with { Sector = "app.example" }, Sample.Client with { SubjectType = "pairwise", RedirectUris = ["https://other.example/cb"] }),
        ["no session"] = (Sample.Grant with { Session = null }, Sample.Client),
        ["session ended"] = (Sample.Grant with { Session = Sample.Session with { EndedAt = Sample.Now } }, Sample.Client),
        ["session expired"] = (Sample.Grant with { Session = Sample.Session with { ExpiresAt = Sample.Now } }, Sample.Client),
        ["session idle"] = (Sample.Grant with { Session = Sample.Session with { LastSeenAt = Sample.Now - Sample.SessionIdle } }, Sample.Client),
    };

    [Fact]
    public void A_living_family_may_get_tokens() => Assert.Null(GrantRules.FindFault(Sample.Grant, Sample.Client, Sample.SessionIdle, Sample.Now));

    [Fact]
    public void A_family_of_the_clients_sector_lives() => Assert.Null(GrantRules.FindFault(
        Sample.Grant with { Sector = "app.example" }, Sample.Client with { SubjectType = "pairwise" }, Sample.SessionIdle, Sample.Now));

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_family_with_a_fault_gets_nothing(string fault) =>
        Assert.NotNull(GrantRules.FindFault(Broken[fault].Grant, Broken[fault].Client, Sample.SessionIdle, Sample.Now));

    // OIDC Core §11
    [Theory]
    [InlineData("no session")]
    [InlineData("session ended")]
    [InlineData("session expired")]
    [InlineData("session idle")]
    public void An_offline_family_outlives_its_session(string fault) =>
        Assert.Null(GrantRules.FindFault(Broken[fault].Grant with { Offline = true }, Sample.Client, Sample.SessionIdle, Sample.Now));

    [Fact]
    public void Nobody_is_enabled_unless_said_so()
    {
        var grant = new Grant
        {
            Id = Guid.Empty, ClientId = "web", Subject = "alice", Offline = true, Scope = [], Acr = "", Amr = [],
            AuthenticatedAt = Sample.Now, CreatedAt = Sample.Now, ExpiresAt = Sample.Now.AddDays(1),
        };

        Assert.Equal("user disabled", GrantRules.FindFault(grant, Sample.Client, Sample.SessionIdle, Sample.Now));
    }

    [Fact]
    public void A_session_lives_to_the_last_tick_of_its_limits()
    {
        var tick = TimeSpan.FromTicks(1);

        Assert.True((Sample.Session with { ExpiresAt = Sample.Now + tick }).IsAlive(Sample.Now, Sample.SessionIdle));
        Assert.True((Sample.Session with { LastSeenAt = Sample.Now - Sample.SessionIdle + tick }).IsAlive(Sample.Now, Sample.SessionIdle));
        Assert.False((Sample.Session with { EndedAt = Sample.Now + tick }).IsAlive(Sample.Now, Sample.SessionIdle));
    }
}
