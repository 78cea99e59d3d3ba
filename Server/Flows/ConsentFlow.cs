using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>What the consent page is about.</summary>
/// <param name="Interaction">The request.</param>
/// <param name="Client">Who asks.</param>
/// <param name="User">Who is asked.</param>
/// <param name="SessionId">Where they are signed in.</param>
/// <param name="Items">Scopes, and claims asked for one by one, as <see cref="ScopeCatalog.ItemsOf"/> lists them.</param>
/// <param name="Before">What the person answered before, or null.</param>
/// <param name="Known">What the items mean.</param>
internal sealed record ConsentQuestion(Interaction Interaction, Client Client, User User, Guid SessionId, string[] Items, Consent? Before, CatalogSnapshot Known);

/// <summary>OIDC Core §3.1.2.4: asks, and remembers the answer.</summary>
internal sealed partial class ConsentFlow(
    Catalog catalog, Sessions sessions, UserStore users, ConsentStore consents, InteractionStore interactions, TimeProvider clock, ILogger<ConsentFlow> log)
{
    /// <summary>The question for who is signed in, or null where nobody is.</summary>
    public async Task<ConsentQuestion?> FindAsync(FoundInteraction found, Browser browser, CancellationToken ct)
    {
        var (interaction, client) = (found.Interaction!, found.Client!);
        if (await sessions.FindAsync(browser.SessionCookie, ct) is not { } session || await users.FindAsync(session.Subject, ct) is not { } user)
        {
            return null;
        }

        var known = await catalog.GetAsync(ct);
        return new ConsentQuestion(
            interaction, client, user, session.Id, known.Scopes.ItemsOf(interaction.Request, client), await consents.FindAsync(user.Subject, client.ClientId, ct), known);
    }

    /// <summary>The person allowed what is ticked; required items count as ticked, and items that were not asked for do not count.</summary>
    public async Task AllowAsync(ConsentQuestion question, IReadOnlyCollection<string> ticked, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var granted = question.Items.Where(item => ticked.Contains(item) || question.Known.Scopes.IsRequired(item)).ToArray();
        var declined = question.Items.Except(granted).ToArray();
        var targets = question.Known.Scopes.TargetsOf(question.Interaction.Request.Resource, granted);
        if (await interactions.TryConsentAsync(question.Interaction.Id, question.User.Subject, new Consent(granted, declined) { Targets = targets }, now, ct))
        {
            Allowed(log, question.User.Subject, question.Client.ClientId, Scope.Join(granted), Scope.Join(declined));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "consent.allowed by {Subject} to {ClientId}: {Granted}; declined: {Declined}")]
    private static partial void Allowed(ILogger logger, string subject, string clientId, string granted, string declined);
}
