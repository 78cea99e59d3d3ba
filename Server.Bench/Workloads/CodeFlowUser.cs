using System.Text;
using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>From the authorization request to tokens, as one operation: OAuth 2.1 §4.1, the request pushed before (RFC 9126) or brought by the browser.</summary>
internal sealed class CodeFlowUser(Person person, string credentials, bool isPushed) : VirtualUser
{
    private readonly byte[] _push = RequestBytes.Post("/par", AuthorizeUser.Query, credentials);
    private readonly AuthorizeUser _authorize = new(person);
    private string? _requestUri;
    private string? _code;

    public override bool IsDone => _requestUri is null && _code is null;

    public override ReadOnlyMemory<byte> Next() =>
        _code is { } code ? RedeemUser.Request(code, credentials)
        : _requestUri is { } requestUri ? AuthorizeUser.Request($"client_id={Population.WebClient}&request_uri={Uri.EscapeDataString(requestUri)}", person)
        : isPushed ? _push
        : _authorize.Next();

    public override string? Check(in HttpAnswer answer)
    {
        if (_code is not null)
        {
            _code = null;
            return RedeemUser.IsGood(answer, openId: false) ? null : Unexpected(answer);
        }

        if (isPushed && _requestUri is null)
        {
            _requestUri = Encoding.ASCII.GetString(answer.Member("\"request_uri\":\""u8));
            return answer.Status == 201 && _requestUri.Length > 60 ? null : Unexpected(answer);
        }

        _requestUri = null;
        _code = AuthorizeUser.CodeOf(answer);
        return _code is null ? Unexpected(answer) : null;
    }
}
