using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>Somebody who has just proven who they are.</summary>
/// <param name="Subject">The user.</param>
/// <param name="Endings">Their count of endings, read with what the proof was compared to.</param>
/// <param name="Acr">OIDC Core §2.</param>
/// <param name="Amr">RFC 8176.</param>
/// <param name="Device">What kind of browser they sit at, in words, or null.</param>
internal sealed record ProvenUser(string Subject, int Endings, string Acr, string[] Amr, string? Device);

/// <summary>Who sits at a browser, told by its cookie; and how that ends.</summary>
internal sealed class Sessions(SessionStore store, Endings endings, AuthCoreOptions options, TimeProvider clock)
{
    // Idle time is counted in hours: a write a minute is exact enough.
    private static readonly TimeSpan s_touchEvery = TimeSpan.FromMinutes(1);

    /// <summary>The live session of an enabled user, or null.</summary>
    /// <param name="cookie">The session cookie as sent, or null.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<SessionRow?> FindAsync(string? cookie, CancellationToken ct) =>
        await FindUnendedAsync(cookie, ct) is { } session && await CountsAsync(session, ct) ? session : null;

    /// <summary>The session of this cookie that nobody has ended, or null. It may have run out: who signs out then may still be signed in at applications.</summary>
    public async Task<SessionRow?> FindUnendedAsync(string? cookie, CancellationToken ct) =>
        Handle.TryParse(HandleKind.Session, cookie, out var handle) && await store.FindAsync(handle.Id, handle.Hash, ct) is { EndedAt: null } session ? session : null;

    /// <summary>Whether the session signs its person in: it lives, and they are enabled.</summary>
    public bool Counts(SessionRow session) => session.UserIsEnabled && session.State.IsAlive(clock.GetUtcNow(), options.Lifetimes.SessionIdle);

    /// <summary>The live session of an enabled user, with what that user allowed the client before; or null. One round trip.</summary>
    /// <param name="cookie">The session cookie as sent, or null.</param>
    /// <param name="clientId">Whose request it is.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<SessionWithConsent?> FindWithConsentAsync(string? cookie, string clientId, CancellationToken ct) =>
        Handle.TryParse(HandleKind.Session, cookie, out var handle)
        && await store.FindWithConsentAsync(handle.Id, handle.Hash, clientId, ct) is { } found && await CountsAsync(found.Session, ct)
            ? found
            : null;

    /// <summary>Begins a session, or renews the live one of the same person; the cookie's value is new in any case. The session of somebody else ends.</summary>
    /// <param name="user">Who signed in.</param>
    /// <param name="left">The session of this browser that nobody has ended, or null.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The cookie; null where the user is not as they were when their proof was looked at: look again.</returns>
    public async Task<Handle?> TryBeginAsync(ProvenUser user, SessionRow? left, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (left?.Subject == user.Subject && Counts(left))
        {
            var renewed = Handle.Create(HandleKind.Session, left.Id);
            if (await store.TryRenewAsync(New(renewed), ct))
            {
                return renewed;
            }
        }

        if (left is not null && left.Subject != user.Subject)
        {
            await endings.EndSessionAsync(left.Id, left.Subject, ct);
        }

        var begun = Handle.Create(HandleKind.Session, Guid.CreateVersion7(now));
        return await store.TryBeginAsync(New(begun), ct) ? begun : null;

        NewSession New(Handle handle) => new(handle.Id, handle.Hash, user.Subject, now, now + options.Lifetimes.SessionAbsolute, user.Acr, user.Amr)
        {
            Endings = user.Endings,
            Device = user.Device,
        };
    }

    private async Task<bool> CountsAsync(SessionRow session, CancellationToken ct)
    {
        if (!Counts(session))
        {
            return false;
        }

        var now = clock.GetUtcNow();
        if (now - session.LastSeenAt > s_touchEvery)
        {
            await store.TouchAsync(session.Id, now, ct);
        }

        return true;
    }
}
