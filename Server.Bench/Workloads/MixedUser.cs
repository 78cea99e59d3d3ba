using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;

namespace AuthCore.Bench.Workloads;

/// <summary>Everything in proportion: of twenty, twelve refreshes, four authorizations with their redemption, three userinfos and a sign-in.</summary>
internal sealed class MixedUser(RefreshUser refresh, AuthorizeUser authorize, UserInfoUser userInfo, LoginUser login, string credentials, int first) : VirtualUser
{
    private const string Turns = "RRAURRRARRURARRLRARU";

    private int _turn = first;
    private string? _code;
    private VirtualUser? _asked;

    public override ReadOnlyMemory<byte> Next()
    {
        if (_code is { } code)
        {
            _asked = null;
            return RedeemUser.Request(code, credentials);
        }

        _asked = Turns[_turn++ % Turns.Length] switch
        {
            'R' => refresh,
            'A' => authorize,
            'U' => userInfo,
            _ => login,
        };
        return _asked.Next();
    }

    public override string? Check(in HttpAnswer answer)
    {
        if (_asked is null)
        {
            _code = null;
            return RedeemUser.IsGood(answer, openId: false) ? null : Unexpected(answer);
        }

        _code = _asked == authorize ? AuthorizeUser.CodeOf(answer) : null;
        return _asked.Check(answer);
    }
}
