using AuthCore.Bench.Http;
using AuthCore.Bench.Keys;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>RFC 9449 §5: a chain of refresh tokens that are bound to a key, each used with a proof of its own that was made before.</summary>
internal sealed class BoundRefreshUser(string refreshToken, Proofs proofs) : VirtualUser
{
    private const string Header = "DPoP: ";

    private readonly byte[] _request = RequestBytes.Post(
        "/token", $"grant_type=refresh_token&client_id={KeyHolders.NativeClient}&refresh_token={refreshToken}", Header + new string('.', proofs.Length));

    private int? _proofAt;

    public override ReadOnlyMemory<byte> Next()
    {
        if (proofs.Take() is not { } proof)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        _proofAt ??= _request.AsSpan().IndexOf("DPoP: "u8) + Header.Length;
        proof.CopyTo(_request, _proofAt.Value);
        return _request;
    }

    public override string? Check(in HttpAnswer answer)
    {
        if (!answer.Member("\"token_type\":\""u8).SequenceEqual("DPoP"u8))
        {
            return Unexpected(answer);
        }

        return RefreshUser.TryAdvance(answer, _request.AsSpan(_request.Length - refreshToken.Length), Expected.AccessToken) ? null : Unexpected(answer);
    }
}
