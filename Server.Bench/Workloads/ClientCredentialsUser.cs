using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>RFC 6749 §4.4: asks for a token for one client after the other.</summary>
internal sealed class ClientCredentialsUser(byte[][] requests, int first) : VirtualUser
{
    private int _next = first;

    /// <summary>One request for each client; shared by all users.</summary>
    public static byte[][] Requests(string path, Population population) => [.. population.Clients.Select(client => RequestBytes.Post(
        path, RequestBytes.Encode(("grant_type", "client_credentials"), ("scope", Population.Scope)), RequestBytes.Basic(client.ClientId, client.Secret)))];

    public override ReadOnlyMemory<byte> Next() => requests[_next++ % requests.Length];

    public override string? Check(in HttpAnswer answer) => IsGood(answer) ? null : Unexpected(answer);

    public static bool IsGood(in HttpAnswer answer) =>
        answer.Status == 200 && answer.Member("\"access_token\":\""u8).Length > 300 && answer.Member("\"token_type\":\""u8).SequenceEqual("Bearer"u8);
}
