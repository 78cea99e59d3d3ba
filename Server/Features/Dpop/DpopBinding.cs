using System.Security.Cryptography;
using System.Text;
using AuthCore.Flows;
using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.Dpop;

/// <summary>RFC 9449: tokens bound to the key that signs a proof for each request.</summary>
internal sealed class DpopBinding(DpopOptions dpop, AuthCoreOptions options, DpopNonces nonces, DpopProofStore proofs, TimeProvider clock) : ITokenBinding
{
    /// <summary>RFC 9449 §7.1: the scheme, and the <c>token_type</c>.</summary>
    public const string DpopScheme = "DPoP";

    private const string NonceHeader = "DPoP-Nonce";

    // Clocks of nodes differ: where this one would refuse a proof as too old, another may still take it.
    private static readonly TimeSpan s_clocksDiffer = TimeSpan.FromSeconds(30);

    private readonly string _origin = RedirectUri.OriginOf(options.Issuer) ?? "";

    /// <inheritdoc/>
    public string Member => TokenBinding.ByProof;

    /// <inheritdoc/>
    public string Scheme => DpopScheme;

    /// <summary>RFC 9449 §7.1: <c>algs</c>.</summary>
    public string Challenge { get; } = $"algs=\"{string.Join(' ', DpopProofRules.Algorithms)}\"";

    /// <summary>RFC 9449 §10.</summary>
    public string RequestParameter => "dpop_jkt";

    /// <summary>RFC 9449 §5.2: a client that said so gets no token without a proof.</summary>
    public ProtocolError? FindMissing(Client client) => client.DpopBoundAccessTokens ? DpopErrors.InvalidProof("no proof, which the client's registration demands") : null;

    /// <inheritdoc/>
    public Result<KeyProof>? Read(RequestFacts request, Client? client, string? accessToken)
    {
        if (request.DpopProofs.Count == 0)
        {
            return null;
        }

        if (request.DpopProofs.Count > 1)
        {
            return DpopErrors.InvalidProof("more than one proof");
        }

        var now = clock.GetUtcNow();
        var demand = new ProofDemand(request.Method, (request.Alias ?? _origin) + request.Path, accessToken, dpop.RequireNonce || client?.RequireDpopNonce == true) { Client = client };
        switch (DpopProofRules.Judge(request.DpopProofs[0], demand, nonces.Read, DpopNonces.Lifetime, now))
        {
            case ProofVerdict.Good(var proof):
                if (proof.HasNonce && now - proof.MadeAt >= DpopNonces.RenewAfter)
                {
                    request.SetAnswerHeader(NonceHeader, nonces.Make());   // RFC 9449 §8.2
                }

                return Result.Ok<KeyProof>(new Taking(proof, request.Path, this));
            case ProofVerdict.NeedsNonce(var reason):
                request.SetAnswerHeader(NonceHeader, nonces.Make());
                return DpopErrors.UseNonce(reason);
            case ProofVerdict.Bad(var reason, var isOfTime):
                if (isOfTime)
                {
                    request.SetAnswerHeader(NonceHeader, nonces.Make());   // with it, the client's clock need not be right
                }

                return DpopErrors.InvalidProof(reason);
            default:
                throw new InvalidOperationException("A proof without a verdict.");
        }
    }

    private async ValueTask<ProtocolError?> TakeAsync(DpopProof proof, string path, CancellationToken ct)
    {
        // RFC 9449 §11.1: a jti counts once at its URI; of whose key it is, others cannot spend it.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{proof.Thumbprint} {path} {proof.Id}"));
        return await proofs.TakeAsync(hash, proof.MadeAt, proof.GoodUntil + s_clocksDiffer, clock.GetUtcNow(), ct) switch
        {
            ProofTaken.First => null,
            ProofTaken.Again => DpopErrors.InvalidProof("a proof presented twice"),
            _ => ProtocolError.TemporarilyUnavailable("the proofs taken before are lost, and this one may be among them"),
        };
    }

    private sealed class Taking(DpopProof proof, string path, DpopBinding by) : KeyProof(new TokenBinding(TokenBinding.ByProof, proof.Thumbprint, DpopScheme))
    {
        public override ValueTask<ProtocolError?> TakeAsync(CancellationToken ct) => by.TakeAsync(proof, path, ct);
    }
}
