using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>Ends what a person has going: everything, one session, or the access of one application. What has ended does not come back.</summary>
internal sealed partial class Endings(EndingStore store, TimeProvider clock, ILogger<Endings> log)
{
    /// <summary>Every session and every family of the user: no code, token or cookie of theirs is good for anything afterwards.</summary>
    /// <param name="subject">The user.</param>
    /// <param name="because">Why, for the record: a few fixed words.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task EndUserAsync(string subject, string because, CancellationToken ct)
    {
        await store.EndUserAsync(subject, because, clock.GetUtcNow(), ct);
        EverythingEnded(log, subject, because);
    }

    /// <summary>One session, the families without <c>offline_access</c> that began in it, and its codes.</summary>
    /// <param name="id">The session.</param>
    /// <param name="subject">Whose it is, for the record.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task EndSessionAsync(Guid id, string subject, CancellationToken ct)
    {
        await store.EndSessionAsync(id, clock.GetUtcNow(), ct);
        SessionEnded(log, id, subject);
    }

    /// <summary>One application's access: its families, and the consent that would give it new ones unasked.</summary>
    public async Task WithdrawAsync(string subject, string clientId, CancellationToken ct)
    {
        await store.WithdrawAsync(subject, clientId, clock.GetUtcNow(), ct);
        Withdrawn(log, subject, clientId);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "user.ended {Subject}: every session and family ({Because})")]
    private static partial void EverythingEnded(ILogger logger, string subject, string because);

    [LoggerMessage(Level = LogLevel.Information, Message = "session.ended {SessionId} of {Subject}")]
    private static partial void SessionEnded(ILogger logger, Guid sessionId, string subject);

    [LoggerMessage(Level = LogLevel.Information, Message = "access.withdrawn by {Subject} from {ClientId}")]
    private static partial void Withdrawn(ILogger logger, string subject, string clientId);
}
