using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;

namespace AuthCore.Bench.Workloads;

/// <summary>RFC 7662 §2: asks about one token again and again.</summary>
internal sealed class IntrospectUser(string token, string credentials) : VirtualUser
{
    private readonly byte[] _request = RequestBytes.Post("/introspect", "token=" + token, credentials);

    public override ReadOnlyMemory<byte> Next() => _request;

    public override string? Check(in HttpAnswer answer) =>
        answer.Status == 200 && answer.Body.StartsWith("{\"active\":true,"u8) && answer.Member("\"sub\":\""u8).Length > 0 ? null : Unexpected(answer);
}
