namespace AuthCore.Stores;

/// <summary>Ends what a person has going. Each act is one batch in one transaction, and begins with the person's own row.</summary>
/// <remarks>
/// Whoever begins a session or a family holds that row in share mode and repeats <c>endings</c> as it was decided on. So of two that meet, either the
/// ending waits and then sees what was begun (each statement of the batch has a snapshot of its own), or the beginning waits and finds another number.
/// The order of locks is the same everywhere: the person, sessions, families, then what hangs on them.
/// </remarks>
internal sealed class EndingStore(Database database)
{
    /// <summary>Statements that end every session and every family of <c>@Subject</c> at <c>@Now</c>, <c>@Because</c>; for a batch with whatever is the reason.</summary>
    public const string OfUser =
        """
        update users    set endings = endings + 1                                where subject = @Subject;
        update sessions set ended_at = @Now                                      where subject = @Subject and ended_at is null;
        update grants   set revoked_at = @Now, revoked_because = @Because        where subject = @Subject and revoked_at is null
        """;

    /// <summary>Ends every session and every family of the user, those that survive a sign-out too.</summary>
    public Task EndUserAsync(string subject, string because, DateTimeOffset now, CancellationToken ct) =>
        database.ExecuteAsync(OfUser, new { Subject = subject, Now = now, Because = because }, ct);

    /// <summary>
    /// Ends one session; families without <c>offline_access</c> die with it, and are marked so, and so do codes that wait to be redeemed: whoever did that afterwards
    /// would sign somebody in who has signed out. One that has ended already stays as it is.
    /// </summary>
    public Task EndSessionAsync(Guid id, DateTimeOffset now, CancellationToken ct) => database.ExecuteAsync(
        """
        update users    set endings = endings + 1 where subject = (select subject from sessions where id = @id and ended_at is null);
        update sessions set ended_at = @now       where id = @id and ended_at is null;
        update grants   set revoked_at = @now, revoked_because = 'session ended'
        where  session_id = @id and (not offline or redeemed_at is null) and revoked_at is null
        """,
        new { id, now }, ct);

    /// <summary>Ends every family of one client of the user, has it leave their sessions, takes back what was answered and not yet delivered, and forgets the remembered consent.</summary>
    public Task WithdrawAsync(string subject, string clientId, DateTimeOffset now, CancellationToken ct) => database.ExecuteAsync(
        """
        update users        set endings = endings + 1 where subject = @subject;
        select leave_sessions(@subject, @clientId, @now);
        update grants       set revoked_at = @now, revoked_because = 'withdrawn by the user'
        where  subject = @subject and client_id = @clientId and revoked_at is null;
        update interactions set denied_at = @now
        where  consented_subject = @subject and client_id = @clientId and completed_at is null and denied_at is null;
        delete from consents where subject = @subject and client_id = @clientId
        """,
        new { subject, clientId, now }, ct);
}
