using System.Collections.Concurrent;
using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>OAuth 2.1 §4.1.3: a code and its verifier for tokens; each code was made before.</summary>
internal sealed class RedeemUser(ConcurrentQueue<byte[]> requests, bool openId) : VirtualUser
{
    /// <summary>The requests of these codes, for all users together.</summary>
    public static ConcurrentQueue<byte[]> Requests(IEnumerable<string> codes, string credentials) => new(codes.Select(code => Request(code, credentials)));

    public static byte[] Request(string code, string credentials) => RequestBytes.Post(
        "/token",
        RequestBytes.Encode(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Population.RedirectUri), ("code_verifier", Families.Verifier)),
        credentials);

    public override ReadOnlyMemory<byte> Next() => requests.TryDequeue(out var request) ? request : ReadOnlyMemory<byte>.Empty;

    public override string? Check(in HttpAnswer answer) => IsGood(answer, openId) ? null : Unexpected(answer);

    public static bool IsGood(in HttpAnswer answer, bool openId) =>
        answer.Status == 200 && answer.Member("\"access_token\":\""u8).Length > 300 && answer.Member(openId ? "\"id_token\":\""u8 : "\"refresh_token\":\""u8).Length > 60;
}
