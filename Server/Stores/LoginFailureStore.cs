namespace AuthCore.Stores;

/// <summary>How guessing is slowed down.</summary>
/// <param name="Attempts">Wrong passwords allowed within a window.</param>
/// <param name="Window">The window.</param>
/// <param name="First">The first lock-out; each further one is twice as long.</param>
/// <param name="Longest">The longest lock-out.</param>
internal sealed record LockoutRules(int Attempts, TimeSpan Window, TimeSpan First, TimeSpan Longest);

/// <summary>The table <c>login_failures</c>. An attempt is counted before its password is looked at, so that parallel guesses get no free tries.</summary>
internal sealed class LoginFailureStore(Database database)
{
    /// <summary>Counts an attempt as a failure until <see cref="ForgiveAsync"/>; the last one allowed locks account and source at once.</summary>
    /// <returns>Null where it may go on; else until when account and source are locked, and nothing was counted.</returns>
    public async Task<DateTimeOffset?> BeginAttemptAsync(string account, string source, LockoutRules rules, DateTimeOffset now, CancellationToken ct)
    {
        var attempt = await database.FindAsync<Attempt>(
            """
            with attempt as (
                insert into login_failures as f (account, source, failures, window_ends_at)
                values (@account, @source, 1, @now + @Window)
                on conflict (account, source) do update set
                    failures       = case when f.window_ends_at <= @now then 1 when f.failures + 1 >= @Attempts then 0 else f.failures + 1 end,
                    window_ends_at = case when f.window_ends_at <= @now then @now + @Window else f.window_ends_at end,
                    locked_until   = case when f.window_ends_at > @now and f.failures + 1 >= @Attempts
                                          then @now + least(@First * power(2, least(f.lockouts, 20)), @Longest) end,
                    lockouts       = case when f.window_ends_at + interval '1 day' <= @now then 0
                                          when f.window_ends_at > @now and f.failures + 1 >= @Attempts then f.lockouts + 1
                                          else f.lockouts end
                where f.locked_until is null or f.locked_until <= @now
                returning 1)
            select exists (select 1 from attempt) as may_go_on,
                   (select locked_until from login_failures where account = @account and source = @source) as locked_until
            """,
            new { account, source, now, rules.Window, rules.Attempts, rules.First, rules.Longest }, ct);
        return attempt is { MayGoOn: false } ? attempt.LockedUntil ?? now : null;
    }

    /// <summary>The password was right: nothing is held against account and source any more.</summary>
    public Task ForgiveAsync(string account, string source, CancellationToken ct) =>
        database.ExecuteAsync("delete from login_failures where account = @account and source = @source", new { account, source }, ct);

    /// <summary>The password could not be looked at, for a reason of ours: the attempt did not happen.</summary>
    public Task ReleaseAsync(string account, string source, LockoutRules rules, CancellationToken ct) => database.ExecuteAsync(
        """
        update login_failures
        set    failures     = case when locked_until is null then greatest(failures - 1, 0) else @Attempts - 1 end,
               lockouts     = case when locked_until is null then lockouts else greatest(lockouts - 1, 0) end,
               locked_until = null
        where  account = @account and source = @source
        """,
        new { account, source, rules.Attempts }, ct);

    private sealed record Attempt
    {
        public bool MayGoOn { get; init; }

        public DateTimeOffset? LockedUntil { get; init; }
    }
}
