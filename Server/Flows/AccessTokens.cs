using AuthCore.Options;
using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>Makes access tokens in the form that client or resource chose, and reads every form: the one door for tokens that come back.</summary>
internal sealed class AccessTokens(IEnumerable<IAccessTokenFormat> formats, IEnumerable<IAccessTokenCheck> checks, GrantStore grants, AuthCoreOptions options, TimeProvider clock)
{
    private readonly IAccessTokenFormat[] _formats = [.. formats];
    private readonly IAccessTokenCheck[] _checks = [.. checks];

    /// <summary>Makes a token in the named form; the plain one where that form is not at hand.</summary>
    public ValueTask<NewAccessToken> MakeAsync(string? format, AccessTokenClaims claims, string signingAlg, CancellationToken ct) =>
        (_formats.FirstOrDefault(f => f.Name == format) ?? _formats[0]).MakeAsync(claims, signingAlg, ct);

    /// <summary>What a presented token says, if it is ours, not over, and nothing speaks against it. Family and user are the caller's to judge.</summary>
    public async ValueTask<Result<AccessTokenFacts>> ReadAsync(string token, CancellationToken ct)
    {
        if (_formats.FirstOrDefault(f => f.Recognizes(token)) is not { } format || await format.ReadAsync(token, ct) is not { } facts)
        {
            return BearerErrors.InvalidToken("not a token of ours");
        }

        if (facts.Issuer != options.Issuer || facts.ExpiresAt <= clock.GetUtcNow())
        {
            return BearerErrors.InvalidToken("another issuer, or expired");
        }

        foreach (var check in _checks)
        {
            if (await check.FindFaultAsync(facts, ct) is { } fault)
            {
                return BearerErrors.InvalidToken(fault);
            }
        }

        return facts;
    }

    /// <summary>The family of a token that was read, and its user; null where a client acts for itself, or the family is gone.</summary>
    public async ValueTask<(Grant Grant, User User)?> FindFamilyAsync(AccessTokenFacts token, CancellationToken ct) =>
        token.Family is { } family ? family
            : token.GrantId is { } id && await grants.FindWithUserAsync(id, ct) is { } found ? (found.Grant, found.User)
            : null;

    /// <summary>The family of a token that was read, and what its user is called at sign-in; null where a client acts for itself, or the family is gone.</summary>
    public async ValueTask<GrantOfUsername?> FindNamedFamilyAsync(AccessTokenFacts token, CancellationToken ct) =>
        token.Family is var (grant, user) ? new GrantOfUsername(grant, user.Username)
            : token.GrantId is { } id ? await grants.FindWithUsernameAsync(id, ct)
            : null;

    /// <summary>Ends a token that was read, where its form can do that.</summary>
    /// <returns>False where the form keeps nothing that could be ended: then whoever wants it dead must speak against it (<see cref="IAccessTokenCheck"/>).</returns>
    public ValueTask<bool> TryEndAsync(string token, CancellationToken ct) =>
        _formats.FirstOrDefault(f => f.Recognizes(token))?.TryEndAsync(token, ct) ?? new ValueTask<bool>(false);
}
