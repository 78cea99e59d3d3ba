using System.Text;
using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;

namespace AuthCore.Bench.Workloads;

/// <summary>What an answer to a rotation must hold.</summary>
internal enum Expected
{
    /// <summary>The successor alone.</summary>
    Successor,

    /// <summary>An access token too.</summary>
    AccessToken,

    /// <summary>And an ID token.</summary>
    IdToken,
}

/// <summary>OAuth 2.1 §4.3: a chain of its own; each answer holds the token of the next request.</summary>
internal sealed class RefreshUser(string path, string credentials, string refreshToken, Expected expected) : VirtualUser
{
    private readonly byte[] _request = RequestBytes.Post(path, "grant_type=refresh_token&refresh_token=" + refreshToken, credentials);
    private readonly int _tokenLength = refreshToken.Length;

    public override ReadOnlyMemory<byte> Next() => _request;

    public override string? Check(in HttpAnswer answer) => TryAdvance(answer, _request.AsSpan(_request.Length - _tokenLength), expected) ? null : Unexpected(answer);

    /// <summary>Puts the successor where the token stood, if the answer is one of a rotation.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="token">The token in the request.</param>
    /// <param name="expected">What the answer must hold.</param>
    public static bool TryAdvance(in HttpAnswer answer, Span<byte> token, Expected expected)
    {
        var successor = answer.Member("\"refresh_token\":\""u8);
        if (answer.Status != 200 || successor.Length != token.Length || successor.SequenceEqual(token)
            || (expected >= Expected.AccessToken && answer.Member("\"access_token\":\""u8).Length < 300)
            || (expected >= Expected.IdToken && answer.Member("\"id_token\":\""u8).Length < 300))
        {
            return false;
        }

        successor.CopyTo(token);
        return true;
    }

    public override string ToString() => Encoding.ASCII.GetString(_request.AsSpan(0, 12));
}
