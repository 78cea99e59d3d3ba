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
internal sealed record FoundInteraction(Interaction? Interaction, InteractionFault? Fault, Client? Client = null);

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
        await store.CreateAsync(handle.Id, handle.Hash, browser?.Hash, request, now, now + options.Lifetimes.Interaction, ct);
        return handle;
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

    private async Task<bool> IsBoundAsync(Interaction interaction, Handle cookie, CancellationToken ct) =>
        interaction.BrowserHash is { } bound
            ? CryptographicOperations.FixedTimeEquals(bound, cookie.Hash)
            : await store.TryBindAsync(interaction.Id, cookie.Hash, clock.GetUtcNow(), ct);
}
