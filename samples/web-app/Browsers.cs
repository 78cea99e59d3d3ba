using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Samples;

/// <summary>A person who is signed in here, with the tokens that the browser never sees.</summary>
internal sealed class Session(Tokens tokens, DateTimeOffset endsAt)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Tokens _tokens = tokens;

    public DateTimeOffset EndsAt => endsAt;

    public int Refreshes { get; private set; }

    /// <summary>Tokens that are good for half a minute at least. Two requests at once refresh once: a refresh token is used one time only.</summary>
    public async Task<Tokens> UseAsync(OAuthClient client, TimeProvider clock, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (!_tokens.IsFresh(clock.GetUtcNow()))
            {
                // Not cancelled with the request: an answer that nobody reads would be a refresh token lost.
                _tokens = await client.RefreshAsync(_tokens, CancellationToken.None);
                Refreshes++;
            }

            return _tokens;
        }
        finally
        {
            _turn.Release();
        }
    }
}

/// <summary>What is known of each browser: sign-ins it began, and its session. In memory: an application on several nodes uses a database.</summary>
internal sealed class Browsers(TimeProvider clock)
{
    // Cookies do not know ports: on localhost every server sees them all, so the name says whose they are.
    private const string SessionCookie = "sample-web-app";
    private const string AttemptCookie = "sample-web-app-signing-in";
    private static readonly TimeSpan s_attempt = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_session = TimeSpan.FromHours(8);

    private readonly ConcurrentDictionary<string, (string Browser, SignInAttempt Attempt)> _attempts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Keeps the attempt for this browser. Several tabs may each have one.</summary>
    public void Remember(HttpContext http, SignInAttempt attempt)
    {
        RemoveOld();
        var browser = http.Request.Cookies[AttemptCookie] ?? Random();
        http.Response.Cookies.Append(AttemptCookie, browser, Options(s_attempt));
        _attempts[attempt.State] = (browser, attempt);
    }

    /// <summary>The attempt that this browser began with this state, once; else null: nobody is signed in with somebody else's answer.</summary>
    public SignInAttempt? TakeAttempt(HttpContext http, string? state) =>
        state is not null
        && _attempts.TryGetValue(state, out var known)
        && known.Browser == http.Request.Cookies[AttemptCookie]
        && _attempts.TryRemove(state, out known)
        && clock.GetUtcNow() - known.Attempt.BegunAt < s_attempt
            ? known.Attempt
            : null;

    /// <summary>A new session under a new name, whatever cookie the browser came with.</summary>
    public void BeginSession(HttpContext http, Tokens tokens)
    {
        EndSession(http);
        var name = Random();
        _sessions[name] = new Session(tokens, clock.GetUtcNow() + s_session);
        http.Response.Cookies.Append(SessionCookie, name, Options(s_session));
    }

    public Session? FindSession(HttpContext http) =>
        http.Request.Cookies[SessionCookie] is { } name && _sessions.TryGetValue(name, out var session) && clock.GetUtcNow() < session.EndsAt ? session : null;

    public void EndSession(HttpContext http)
    {
        if (http.Request.Cookies[SessionCookie] is { } name)
        {
            _sessions.TryRemove(name, out _);
            http.Response.Cookies.Delete(SessionCookie);
        }
    }

    private void RemoveOld()
    {
        var now = clock.GetUtcNow();
        foreach (var (state, _) in _attempts.Where(entry => now - entry.Value.Attempt.BegunAt >= s_attempt))
        {
            _attempts.TryRemove(state, out _);
        }

        foreach (var (name, _) in _sessions.Where(entry => entry.Value.EndsAt <= now))
        {
            _sessions.TryRemove(name, out _);
        }
    }

    // With https also: Secure = true, and names that begin with __Host-.
    private static CookieOptions Options(TimeSpan lifetime) => new() { HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = lifetime, Path = "/" };

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}
