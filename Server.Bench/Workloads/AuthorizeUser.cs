using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;
using AuthCore.Bench.Seeding;

namespace AuthCore.Bench.Workloads;

/// <summary>OAuth 2.1 §4.1.1: a signed-in person whose consent is remembered is sent back with a code.</summary>
internal sealed class AuthorizeUser(Person person) : VirtualUser
{
    /// <summary>The parameters of the request.</summary>
    public static string Query { get; } = RequestBytes.Encode(
        ("response_type", "code"), ("client_id", Population.WebClient), ("redirect_uri", Population.RedirectUri), ("scope", Population.Scope), ("state", "a-state-of-the-bench"),
        ("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Families.Verifier)))), ("code_challenge_method", "S256"));

    private readonly byte[] _request = Request(Query, person);

    /// <summary>What the person's browser sends.</summary>
    public static byte[] Request(string query, Person person) => RequestBytes.Get("/authorize?" + query, "Cookie: authcore-session=" + person.SessionCookie);

    public override ReadOnlyMemory<byte> Next() => _request;

    public override string? Check(in HttpAnswer answer) => CodeOf(answer) is null ? Unexpected(answer) : null;

    /// <summary>The code of the answer, or null.</summary>
    public static string? CodeOf(in HttpAnswer answer)
    {
        var location = answer.Header("\nLocation: "u8);
        var start = location.IndexOf("code="u8);
        if (answer.Status != 303 || !location.StartsWith("https://app.example/cb?"u8) || start < 0 || location.IndexOf("state=a-state-of-the-bench"u8) < 0)
        {
            return null;
        }

        var code = location[(start + "code=".Length)..];
        var end = code.IndexOf((byte)'&');
        return Encoding.ASCII.GetString(end < 0 ? code : code[..end]);
    }
}
