namespace AuthCore.Web.Pages;

/// <summary>
/// Asks what an application may do. Posts <c>decision</c> as <c>allow</c>, <c>deny</c> or <c>switch</c> (another account), and with
/// allow one <c>scope</c> for each ticked or required scope.
/// </summary>
public sealed record ConsentModel
{
    /// <summary>Where the form is posted.</summary>
    public required string Action { get; init; }

    /// <summary>The antiforgery field.</summary>
    public required AntiforgeryField Antiforgery { get; init; }

    /// <summary>The interaction, posted as <c>i</c>.</summary>
    public string? InteractionId { get; init; }

    /// <summary>The session it is shown to, posted as <c>session</c>: nobody answers for somebody else who signed in meanwhile.</summary>
    public Guid? Session { get; init; }

    /// <summary>The application's name.</summary>
    public required string ClientName { get; init; }

    /// <summary>The application's host, which it cannot fake as it can its name.</summary>
    public string? ClientHost { get; init; }

    /// <summary>The application's home page; shown as a link when it is https or http.</summary>
    public string? ClientUri { get; init; }

    /// <summary>Its privacy policy; shown as a link when it is https or http.</summary>
    public string? PolicyUri { get; init; }

    /// <summary>Its terms of service; shown as a link when it is https or http.</summary>
    public string? TosUri { get; init; }

    /// <summary>Where the answer goes, in words: see <see cref="RedirectHost"/>.</summary>
    public required string RedirectHost { get; init; }

    /// <summary>Who is signed in.</summary>
    public required string UserName { get; init; }

    /// <summary>What is asked for, in the order to be shown.</summary>
    public required IReadOnlyList<ConsentScope> Scopes { get; init; }

    /// <summary>The resources (APIs) the access will be for.</summary>
    public IReadOnlyList<ConsentResource> Resources { get; init; } = [];

    /// <summary>How long the access lasts, to follow "This lasts": "1 hour", "until you take it back".</summary>
    public string? LifetimeText { get; init; }

    /// <summary>Nobody but the application itself vouches for its name.</summary>
    public bool SelfDeclared { get; init; }

    /// <summary>A warning in a sentence, such as for an answer that any program on this computer could receive.</summary>
    public string? Warning { get; init; }
}

/// <summary>One thing an application asks for.</summary>
public sealed record ConsentScope
{
    /// <summary>The scope's value, posted as <c>scope</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A few words: "Your e-mail address".</summary>
    public required string Title { get; init; }

    /// <summary>One sentence more.</summary>
    public string? Description { get; init; }

    /// <summary>The heading it is listed under.</summary>
    public ConsentGroup Group { get; init; } = ConsentGroup.Access;

    /// <summary>It cannot be unticked.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Why it cannot be unticked.</summary>
    public string? RequiredReason { get; init; }

    /// <summary>It is ticked when the page opens.</summary>
    public bool IsTicked { get; init; } = true;

    /// <summary>The person allowed this application before, but not this, or not there.</summary>
    public bool IsNew { get; init; }

    /// <summary>The resources (APIs) where it has a meaning.</summary>
    public IReadOnlyList<string> ResourceNames { get; init; } = [];

    /// <summary>What exactly is shared, or may be done.</summary>
    public IReadOnlyList<ConsentDetail> Details { get; init; } = [];
}

/// <summary>A resource (API) that an application wants access to.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Host">Where it is, where that says more than the name.</param>
/// <param name="IsNew">The person allowed this application before, but nothing there.</param>
public sealed record ConsentResource(string Name, string? Host = null, bool IsNew = false);

/// <summary>One line of "What exactly?": a claim's value, with a label where it needs one.</summary>
public sealed record ConsentDetail(string Value, string? Label = null);

/// <summary>The two headings of the consent page.</summary>
public enum ConsentGroup
{
    /// <summary>What the application may do.</summary>
    Access,

    /// <summary>What the application learns of the person.</summary>
    Personal,
}
