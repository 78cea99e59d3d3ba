using System.Security.Cryptography;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>What a browser brought along. Its cookies prove nothing until they were looked up.</summary>
/// <param name="SessionCookie">The session cookie, or null.</param>
/// <param name="BrowserCookie">The cookie that interactions are bound to, or null.</param>
internal sealed record Browser(string? SessionCookie, string? BrowserCookie)
{
    /// <summary>What kind of browser it says it is, in words for its owner; null where that is not known or not needed.</summary>
    public string? Device { get; init; }

    /// <summary>The cookie that interactions are bound to, read; where it brought none that is one, a new one, to be set with the answer.</summary>
    public (Handle Cookie, Handle? New) CookieOf(DateTimeOffset now)
    {
        if (Handle.TryParse(HandleKind.Browser, BrowserCookie, out var cookie))
        {
            return (cookie, null);
        }

        cookie = Handle.Create(HandleKind.Browser, Guid.CreateVersion7(now));
        return (cookie, cookie);
    }

    /// <summary>Never a cookie.</summary>
    public override string ToString() => "browser";
}

/// <summary>Why an interaction cannot go on here.</summary>
internal enum InteractionFault
{
    /// <summary>Unknown, or begun in another browser: one answer for both.</summary>
    NotHere,

    /// <summary>It took longer than its lifetime.</summary>
    Expired,

    /// <summary>It was answered before.</summary>
    Finished,
}

/// <summary>An interaction, or why there is none.</summary>
/// <param name="Interaction">The interaction; with a fault only where it is safe to name its application.</param>
/// <param name="Fault">Null where it may go on.</param>
/// <param name="Client">The application, where it is known.</param>
internal sealed record FoundInteraction(Interaction? Interaction, InteractionFault? Fault, Client? Client = null)
{
    /// <summary>The code of the standard that goes with the fault; null where it is AuthCore's own.</summary>
    public string? Code { get; init; }
}

/// <summary>Requests that wait for a person, each bound to the browser that began it.</summary>
internal sealed class Interactions(InteractionStore store, ClientCache clients, AuthCoreOptions options, TimeProvider clock)
{
    /// <summary>Keeps a request.</summary>
    /// <param name="request">The checked request.</param>
    /// <param name="browser">The browser's cookie; null leaves it unbound until the GET that follows.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What the URL carries.</returns>
    public async Task<Handle> BeginAsync(AuthorizationRequest request, Handle? browser, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var handle = Handle.Create(HandleKind.Interaction, Guid.CreateVersion7(now));
        await store.CreateAsync(new NewInteraction(handle.Id, handle.Hash, request, now, now + options.Lifetimes.Interaction) { BrowserHash = browser?.Hash }, ct);
        return handle;
    }

    /// <summary>RFC 9126 §2.2: keeps a pushed request until its browser comes.</summary>
    /// <param name="request">The checked request.</param>
    /// <param name="handle">What the interaction's URL will carry.</param>
    /// <param name="until">Until when its <c>request_uri</c> is taken.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task PushAsync(AuthorizationRequest request, Handle handle, DateTimeOffset until, CancellationToken ct) =>
        store.CreateAsync(new NewInteraction(handle.Id, handle.Hash, request, clock.GetUtcNow(), until) { PushedUntil = until }, ct);

    /// <summary>RFC 9126 §4: a browser comes with the <c>request_uri</c> of a pushed request. The first one makes it its own, and may come again until it is answered.</summary>
    /// <param name="handle">What the interaction's URL will carry.</param>
    /// <param name="client">Whose request it should be.</param>
    /// <param name="cookie">The browser's cookie.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The interaction, or why it cannot go on; null where this client has pushed no such request.</returns>
    public async Task<FoundInteraction?> EnterAsync(Handle handle, Client client, Handle cookie, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var expiresAt = now + options.Lifetimes.Interaction;
        var interaction = await store.FindAsync(handle.Id, handle.Hash, ct);
        if (interaction is { IsPushed: true, BrowserHash: null })
        {
            interaction = await store.TryEnterAsync(handle.Id, client.ClientId, cookie.Hash, now, expiresAt, ct)
                ? interaction with { BrowserHash = cookie.Hash, CreatedAt = now, ExpiresAt = expiresAt }
                : await store.FindAsync(handle.Id, handle.Hash, ct);   // another browser was faster, or it is too late, or another client's
        }

        if (interaction is not { PushedUntil: { } until } || interaction.Request.ClientId != client.ClientId)
        {
            return null;
        }

        InteractionFault? fault = interaction.CompletedAt is not null ? InteractionFault.Finished
            : until <= now || interaction.ExpiresAt <= now ? InteractionFault.Expired
            : interaction.BrowserHash is not { } bound || !cookie.Matches(bound) ? InteractionFault.NotHere
            : null;
        return new FoundInteraction(interaction, fault, client) { Code = "invalid_request_uri" };
    }

    /// <summary>Finds the interaction that a URL or form names, if this browser began it.</summary>
    public async Task<FoundInteraction> FindAsync(string? value, Browser browser, CancellationToken ct)
    {
        if (!Handle.TryParse(HandleKind.Interaction, value, out var handle)
            || await store.FindAsync(handle.Id, handle.Hash, ct) is not { } interaction
            || !Handle.TryParse(HandleKind.Browser, browser.BrowserCookie, out var cookie)
            || !await IsBoundAsync(interaction, cookie, ct))
        {
            return new FoundInteraction(null, InteractionFault.NotHere);
        }

        var client = await clients.FindAsync(interaction.Request.ClientId, ct);
        var fault = interaction.CompletedAt is not null ? InteractionFault.Finished
            : interaction.ExpiresAt <= clock.GetUtcNow() ? InteractionFault.Expired
            : client is not { DisabledAt: null } ? InteractionFault.NotHere
            : (InteractionFault?)null;
        return new FoundInteraction(interaction, fault, client);
    }

    // A pushed request is begun by its request_uri, whose client and lifetime are checked there.
    private async Task<bool> IsBoundAsync(Interaction interaction, Handle cookie, CancellationToken ct) =>
        interaction.BrowserHash is { } bound
            ? CryptographicOperations.FixedTimeEquals(bound, cookie.Hash)
            : !interaction.IsPushed && await store.TryBindAsync(interaction.Id, cookie.Hash, clock.GetUtcNow(), ct);
}
