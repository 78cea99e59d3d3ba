using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>An access token made, and not yet given.</summary>
/// <param name="Value">The token itself: to be delivered, never stored or logged.</param>
/// <param name="Row">What must be written before it is given; null where it needs nothing. Written for a token that is then not given, it does no harm.</param>
internal sealed record NewAccessToken(string Value, Statement? Row = null)
{
    /// <summary>Never the token.</summary>
    public override string ToString() => "an access token";
}

/// <summary>A form of access token: one that says what it is for by itself, or one that has to be looked up.</summary>
internal interface IAccessTokenFormat
{
    /// <summary>The name by which a client or resource chooses it.</summary>
    string Name { get; }

    /// <summary>Whether the token has this form; says nothing of whether it is good.</summary>
    bool Recognizes(string token);

    /// <summary>Makes a token.</summary>
    /// <param name="claims">What it says.</param>
    /// <param name="signingAlg">For forms that are signed.</param>
    /// <param name="ct">Ends the wait.</param>
    ValueTask<NewAccessToken> MakeAsync(AccessTokenClaims claims, string signingAlg, CancellationToken ct);

    /// <summary>What the token says, or null where it is not one of ours.</summary>
    ValueTask<AccessTokenFacts?> ReadAsync(string token, CancellationToken ct);

    /// <summary>Ends the token now and everywhere; false where the form keeps nothing of it that could be ended.</summary>
    ValueTask<bool> TryEndAsync(string token, CancellationToken ct) => new(false);
}

/// <summary>A reason why a token that is well in itself is dead all the same.</summary>
internal interface IAccessTokenCheck
{
    /// <summary>Why it is dead, for the log; null where nothing speaks against it.</summary>
    ValueTask<string?> FindFaultAsync(AccessTokenFacts token, CancellationToken ct);
}
