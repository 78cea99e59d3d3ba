using AuthCore.Protocol;
using AuthCore.Stores;

namespace AuthCore.Flows;

/// <summary>The one door for access tokens that come to an endpoint of ours as to a protected resource: the token, and where it is bound, the proof of its key.</summary>
internal sealed class PresentedTokens(AccessTokens tokens, TokenBindings bindings, ClientCache clients)
{
    /// <summary>What the token of the request says, if its sender may use it; else the error, with the scheme to be named in the challenge where another was tried.</summary>
    public async ValueTask<Result<AccessTokenFacts>> ReadAsync(RequestFacts request, CancellationToken ct)
    {
        if (!PresentedToken.Read(request.Authorization, request.Parameters, bindings.Schemes).Try(out var presented, out var error))
        {
            return error;
        }

        if (!(await tokens.ReadAsync(presented.Value, ct)).Try(out var facts, out error))
        {
            return error;
        }

        if (facts.Confirmation is null)
        {
            return presented.Scheme == TokenBinding.Bearer ? facts : BearerErrors.InvalidToken("a token bound to nothing, as if it were bound");
        }

        // A key that nobody here knows how to ask for is one that nobody can prove.
        if (TokenBinding.Read(facts.Confirmation) is not var (member, thumbprint) || bindings.Find(member) is not { } binding)
        {
            return BearerErrors.InvalidToken("bound in a way that is not known here");
        }

        if (presented.Scheme != binding.Scheme)
        {
            return BearerErrors.InvalidToken($"a token bound by {binding.Scheme}, presented as {presented.Scheme}") with { Scheme = binding.Scheme };   // RFC 9449 §7.2
        }

        error = await FindFaultAsync(binding, thumbprint, request, facts, presented.Value, ct);
        return error is null ? facts : error;
    }

    private async ValueTask<ProtocolError?> FindFaultAsync(
        ITokenBinding binding, string thumbprint, RequestFacts request, AccessTokenFacts facts, string accessToken, CancellationToken ct)
    {
        var client = await clients.FindAsync(facts.ClientId, ct);
        if (binding.Read(request, client, accessToken) is not { } read)
        {
            return BearerErrors.InvalidToken("no proof of the key it is bound to") with { Scheme = binding.Scheme };
        }

        if (!read.Try(out var proof, out var error))
        {
            return error with { Status = 401, Scheme = binding.Scheme };
        }

        if (proof.Binding.Thumbprint != thumbprint)
        {
            return BearerErrors.InvalidToken("bound to another key") with { Scheme = binding.Scheme };
        }

        return await proof.TakeAsync(ct) switch
        {
            null => null,
            { Status: 400 } taken => taken with { Status = 401, Scheme = binding.Scheme },
            var fault => fault,
        };
    }
}
