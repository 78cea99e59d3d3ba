using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;

namespace AuthCore.Bench.Workloads;

/// <summary>OIDC Core §5.3: shows one access token again and again.</summary>
internal sealed class UserInfoUser(string accessToken) : VirtualUser
{
    private readonly byte[] _request = RequestBytes.Get("/userinfo", "Authorization: Bearer " + accessToken);

    public override ReadOnlyMemory<byte> Next() => _request;

    public override string? Check(in HttpAnswer answer) =>
        answer.Status == 200 && answer.Member("\"sub\":\""u8).Length > 0 && answer.Member("\"name\":\""u8).Length > 0 ? null : Unexpected(answer);
}
