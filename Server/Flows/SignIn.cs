using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>What came of an attempt to sign in.</summary>
internal abstract record SignInOutcome
{
    /// <summary>Signed in; <paramref name="Cookie"/> is the session's new value.</summary>
    public sealed record SignedIn(Handle Cookie) : SignInOutcome;

    /// <summary>Unknown, disabled or wrong: nobody is told which.</summary>
    public sealed record Wrong : SignInOutcome;

    /// <summary>Too many wrong passwords for this account from here.</summary>
    public sealed record Locked(TimeSpan Wait) : SignInOutcome;
}

/// <summary>A name and a password for a session. Same answer and same work whether the name is known or not.</summary>
internal sealed partial class SignIn(
    UserStore users, LoginFailureStore failures, PasswordHasher hasher, Sessions sessions, AuthCoreOptions options, TimeProvider clock, ILogger<SignIn> log)
{
    private const int MaxName = 320;        // an e-mail address (RFC 5321 §4.5.3.1)
    private const int MaxPassword = 4096;
    private const int Attempts = 3;

    private readonly LockoutRules _rules = new(options.Lockout.Attempts, options.Lockout.Window, options.Lockout.First, options.Lockout.Longest);

    /// <summary>Tries a password.</summary>
    /// <param name="name">Username or e-mail address as typed.</param>
    /// <param name="password">Exactly as typed.</param>
    /// <param name="address">Where the request comes from.</param>
    /// <param name="browser">The browser.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="HashingBusyException">Too many passwords wait to be looked at; the attempt did not count.</exception>
    public async Task<SignInOutcome> AttemptAsync(string name, string password, string address, Browser browser, CancellationToken ct)
    {
        if (name.Length > MaxName || password.Length > MaxPassword || !PasswordHasher.IsAcceptable(password))
        {
            return new SignInOutcome.Wrong();
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await TryAsync(name, password, address, browser, ct) is { } outcome)
            {
                return outcome;
            }
        }

        throw new StorageUnavailableException("The account changed three times under us.");
    }

    // Null where something of the account ended while we looked at the password: it may have another one now.
    private async Task<SignInOutcome?> TryAsync(string name, string password, string address, Browser browser, CancellationToken ct)
    {
        var user = await users.FindForLoginAsync(name, ct);
        var left = await sessions.FindUnendedAsync(browser.SessionCookie, ct);
        var isHere = left is not null && left.Subject == user?.Subject && sessions.Counts(left);
        var account = user?.Subject ?? "?" + UserStore.KeyOf(name);

        // A person who is signed in here counts for themselves: others at the same address cannot lock them out.
        var source = isHere ? $"session {left!.Id}" : address;
        if (await failures.BeginAttemptAsync(account, source, _rules, clock.GetUtcNow(), ct) is { } lockedUntil)
        {
            LockedOut(log, user?.Subject, source);
            return new SignInOutcome.Locked(lockedUntil - clock.GetUtcNow());
        }

        var verdict = await VerifyAsync(user, password, account, source, ct);
        if (!verdict.Correct || user is not { DisabledAt: null })
        {
            Failed(log, user?.Subject, source);
            return new SignInOutcome.Wrong();
        }

        await failures.ForgiveAsync(account, source, ct);
        if (await sessions.TryBeginAsync(new ProvenUser(user.Subject, user.Endings, options.Acr.Password, ["pwd"], browser.Device), left, ct) is not { } session)
        {
            return null;
        }

        if (verdict.NeedsRehash)
        {
            await UpgradeAsync(user, password, ct);
        }

        Succeeded(log, user.Subject, session.Id);
        return new SignInOutcome.SignedIn(session);
    }

    // The password is right; a busy moment only puts off the stronger hash to the next time.
    private async Task UpgradeAsync(LoginRow user, string password, CancellationToken ct)
    {
        try
        {
            await users.UpgradePasswordHashAsync(user.Subject, user.PasswordHash!, await hasher.HashAsync(password, ct), ct);
        }
        catch (HashingBusyException)
        {
            return;
        }
    }

    private async Task<PasswordVerdict> VerifyAsync(LoginRow? user, string password, string account, string source, CancellationToken ct)
    {
        try
        {
            return await hasher.VerifyAsync(user?.PasswordHash, password, ct);
        }
        catch (Exception fault) when (fault is HashingBusyException or OperationCanceledException)
        {
            await failures.ReleaseAsync(account, source, _rules, CancellationToken.None);   // nobody looked at the password
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "login.succeeded for {Subject} in session {SessionId}")]
    private static partial void Succeeded(ILogger logger, string subject, Guid sessionId);

    [LoggerMessage(Level = LogLevel.Information, Message = "login.failed for {Subject} from {Source}")]
    private static partial void Failed(ILogger logger, string? subject, string source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "login.locked for {Subject} from {Source}")]
    private static partial void LockedOut(ILogger logger, string? subject, string source);
}
