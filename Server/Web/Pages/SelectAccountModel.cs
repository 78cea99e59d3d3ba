namespace AuthCore.Web.Pages;

/// <summary>Asks a signed-in person which account to use. Posts <c>decision</c> as <c>continue</c>, <c>other</c> or <c>cancel</c>.</summary>
public sealed record SelectAccountModel
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
    public string? ClientName { get; init; }

    /// <summary>The application's host.</summary>
    public string? ClientHost { get; init; }

    /// <summary>Who is signed in.</summary>
    public required string UserName { get; init; }

    /// <summary>A second line to tell accounts apart, such as the e-mail address.</summary>
    public string? UserDetail { get; init; }
}
