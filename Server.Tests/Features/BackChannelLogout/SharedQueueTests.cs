using AuthCore.Features.BackChannelLogout;
using AuthCore.Stores;
using AuthCore.Tests.Support;
using Dapper;

namespace AuthCore.Tests.Features.BackChannelLogout;

/// <summary>Several servers at one queue, none of which may be trusted to live.</summary>
public sealed class SharedQueueTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, int> s_none = new(StringComparer.Ordinal);

    private TestDatabase _database = null!;
    private Database _one = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        _database = await Postgres.CreateDatabaseAsync();
        _one = Database.Open(_database.ConnectionString);
        var clients = new ClientStore(_one, new ChangeFeed(_one, Microsoft.Extensions.Logging.Abstractions.NullLogger<ChangeFeed>.Instance));
        foreach (var id in new[] { "a", "b" })
        {
            await clients.SaveAsync(Seed.Web with { ClientId = id }, Ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Two_servers_that_look_at_once_take_different_messages_and_neither_waits()
    {
        await WriteAsync("a", 3);
        var all = new LogoutMessageStore(_one);
        var first = await all.ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 1, 4, s_none, Ct);
        await using var taken = await RowLock.TakeAsync(
            _database.ConnectionString, "select jti from logout_messages where attempts = 0 and jti <> @id order by jti limit 1 for update", Guid.Empty);

        var second = await all.ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 10, 10, s_none, Ct);   // while another server's claim of one is under way

        Assert.Single(first);
        Assert.Single(second);
        Assert.NotEqual(first[0].Jti, second[0].Jti);
        await taken.ReleaseAsync();
        Assert.Single(await all.ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 10, 10, s_none, Ct));
        Assert.Empty(await all.ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 10, 10, s_none, Ct));
    }

    [Fact]
    public async Task What_a_dead_server_had_taken_is_due_again_when_its_lease_is_over_and_not_before()
    {
        await WriteAsync("a", 1);
        var store = new LogoutMessageStore(_one);
        var dead = Assert.Single(await store.ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 10, 10, s_none, Ct));
        Assert.Empty(await store.ClaimAsync(s_now + LogoutDelivery.Lease - TimeSpan.FromMilliseconds(1), s_now, 10, 10, s_none, Ct));

        var later = s_now + LogoutDelivery.Lease;
        var heir = Assert.Single(await store.ClaimAsync(later, later + LogoutDelivery.Lease, 10, 10, s_none, Ct));

        Assert.Equal((dead.Jti, 1, 2), (heir.Jti, dead.Attempts, heir.Attempts));

        // It was not dead after all, but slow: its failure changes nothing of what the other does, its success counts.
        await store.PostponeAsync(dead, 500, "late", later, Ct);
        await store.BuryAsync(dead, 400, "late", later, Ct);
        Assert.Empty(await store.ClaimAsync(later, later, 10, 10, s_none, Ct));
        await store.DeliveredAsync(dead, 200, later, Ct);
        await store.PostponeAsync(heir, 500, "failed", later, Ct);
        Assert.Empty(await store.ClaimAsync(later.AddDays(1), later.AddDays(1), 10, 10, s_none, Ct));
        Assert.Equal(200, await _one.FindAsync<int>("select last_status from logout_messages", null, Ct));
    }

    [Fact]
    public async Task No_client_takes_more_than_its_share_and_a_busy_one_takes_nothing()
    {
        await WriteAsync("a", 8, s_now.AddMinutes(-1));
        await WriteAsync("b", 8);
        var store = new LogoutMessageStore(_one);

        var shared = await store.ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 32, 4, s_none, Ct);
        var rest = await store.ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 32, 4, new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 4, ["b"] = 1 }, Ct);

        Assert.Equal([("a", 4), ("b", 4)], shared.GroupBy(message => message.ClientId).Select(own => (own.Key, own.Count())).Order());
        Assert.Equal([("b", 3)], rest.GroupBy(message => message.ClientId).Select(own => (own.Key, own.Count())));
        Assert.Equal(3, (await store.ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 3, 4, s_none, Ct)).Count);
    }

    [Fact]
    public async Task Nothing_is_taken_before_its_time()
    {
        await WriteAsync("a", 2, s_now.AddTicks(10));

        Assert.Empty(await new LogoutMessageStore(_one).ClaimAsync(s_now, s_now + LogoutDelivery.Lease, 10, 10, s_none, Ct));
    }

    private Task<int> WriteAsync(string client, int count, DateTimeOffset? at = null) => _one.ExecuteAsync(
        """
        insert into logout_messages (jti, client_id, session_id, subject, created_at, next_attempt_at, give_up_at)
        select gen_random_uuid(), @client, gen_random_uuid(), 'sub', @at, @at, @at + interval '1 day' from generate_series(1, @count)
        """,
        new { client, count, at = at ?? s_now }, Ct);
}
