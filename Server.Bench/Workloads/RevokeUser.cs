using System.Collections.Concurrent;
using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;

namespace AuthCore.Bench.Workloads;

/// <summary>RFC 7009 §2: gives back one token after the other; each was made before.</summary>
internal sealed class RevokeUser(ConcurrentQueue<byte[]> requests) : VirtualUser
{
    /// <summary>The requests of these tokens, for all users together.</summary>
    public static ConcurrentQueue<byte[]> Requests(IEnumerable<string> tokens, string credentials) =>
        new(tokens.Select(token => RequestBytes.Post("/revoke", "token=" + token, credentials)));

    public override ReadOnlyMemory<byte> Next() => requests.TryDequeue(out var request) ? request : ReadOnlyMemory<byte>.Empty;

    public override string? Check(in HttpAnswer answer) => answer.Status == 200 && answer.Body.IsEmpty ? null : Unexpected(answer);
}
