using AuthCore.Stores;

namespace AuthCore.Features.BackChannelLogout;

/// <summary>A message that this server is to send.</summary>
internal sealed record LogoutMessage
{
    public Guid Jti { get; init; }

    public string ClientId { get; init; } = "";

    public Guid SessionId { get; init; }

    public string Subject { get; init; } = "";

    /// <summary>This attempt included.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset GiveUpAt { get; init; }
}

/// <summary>The table <c>logout_messages</c>. Rows come from the triggers of <c>sql/0014_logout_messages.sql</c>.</summary>
internal sealed class LogoutMessageStore(Database database)
{
    /// <summary>Takes messages that are due, for as long as the lease lasts: whoever dies with one leaves it to the next who comes after.</summary>
    /// <param name="now">The time.</param>
    /// <param name="leaseEndsAt">When another may take them.</param>
    /// <param name="most">How many.</param>
    /// <param name="mostOfClient">How many of one client may be under way: a slow one must not hold up the others.</param>
    /// <param name="underWay">How many of a client are under way here already.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<IReadOnlyList<LogoutMessage>> ClaimAsync(
        DateTimeOffset now, DateTimeOffset leaseEndsAt, int most, int mostOfClient, IReadOnlyDictionary<string, int> underWay, CancellationToken ct) =>
        database.ListAsync<LogoutMessage>(
            """
            with due as (
                select m.jti
                from   (select d.client_id, coalesce(b.under_way, 0) as under_way
                        from   logout_messages d
                        left join unnest(@clients, @counts) as b (client_id, under_way) on b.client_id = d.client_id
                        where  d.next_attempt_at <= @now and coalesce(b.under_way, 0) < @mostOfClient
                        group by d.client_id, b.under_way
                        order by min(d.next_attempt_at)
                        limit  @most) c
                cross join lateral (
                        select jti
                        from   logout_messages
                        where  client_id = c.client_id and next_attempt_at <= @now
                        order by next_attempt_at
                        limit  @mostOfClient - c.under_way
                        for update skip locked) m
                limit  @most)
            update logout_messages l
            set    attempts = l.attempts + 1, last_attempt_at = @now, next_attempt_at = @leaseEndsAt
            from   due
            where  l.jti = due.jti
            returning l.jti, l.client_id, l.session_id, l.subject, l.attempts, l.give_up_at
            """,
            new { now, leaseEndsAt, most, mostOfClient, clients = underWay.Keys.ToArray(), counts = underWay.Values.ToArray() }, ct);

    /// <summary>The application has it, whoever else may be sending it at this moment.</summary>
    public Task DeliveredAsync(LogoutMessage message, int status, DateTimeOffset now, CancellationToken ct) => database.ExecuteAsync(
        """
        update logout_messages
        set    delivered_at = @now, dead_at = null, next_attempt_at = null, last_status = @status, last_error = null
        where  jti = @Jti and delivered_at is null
        """,
        new { message.Jti, status, now }, ct);

    /// <summary>It failed, and is tried again; unless the lease is over and another has it.</summary>
    public Task PostponeAsync(LogoutMessage message, int status, string error, DateTimeOffset at, CancellationToken ct) => database.ExecuteAsync(
        """
        update logout_messages
        set    next_attempt_at = @at, last_status = @status, last_error = @error
        where  jti = @Jti and attempts = @Attempts and next_attempt_at is not null
        """,
        new { message.Jti, message.Attempts, status, error, at }, ct);

    /// <summary>It failed for good; unless the lease is over and another has it.</summary>
    public Task BuryAsync(LogoutMessage message, int status, string error, DateTimeOffset now, CancellationToken ct) => database.ExecuteAsync(
        """
        update logout_messages
        set    dead_at = @now, next_attempt_at = null, last_status = @status, last_error = @error
        where  jti = @Jti and attempts = @Attempts and next_attempt_at is not null
        """,
        new { message.Jti, message.Attempts, status, error, now }, ct);
}
