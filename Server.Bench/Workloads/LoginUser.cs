using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>Posts the right password from the page that was fetched once, as a browser without a session.</summary>
internal sealed partial class LoginUser : VirtualUser
{
    private readonly byte[] _request;

    public LoginUser(IPEndPoint server, Person person)
    {
        using var connection = new HttpConnection(server);
        var page = connection.Exchange(RequestBytes.Get("/login"));
        var cookie = Encoding.ASCII.GetString(page.Header("\nSet-Cookie: "u8)).Split(';')[0];
        var token = FormToken().Match(Encoding.UTF8.GetString(page.Body)) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["value"].Value) : "";
        if (page.Status != 200 || cookie.Length == 0 || token.Length == 0)
        {
            throw new BenchException("The sign-in page has no form to send.");
        }

        _request = RequestBytes.Post(
            "/login", RequestBytes.Encode(("form_token", token), ("username", person.Username), ("password", Population.Password)), "Cookie: " + cookie);
    }

    public override ReadOnlyMemory<byte> Next() => _request;

    public override string? Check(in HttpAnswer answer) =>
        answer.Status == 303 && answer.Header("\nSet-Cookie: authcore-session="u8).Length > 60 ? null : Unexpected(answer);

    [GeneratedRegex("""<input[^>]*name="form_token"[^>]*value="(?<value>[^"]*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FormToken();
}
