using System.Globalization;
using System.Security.Cryptography;

namespace AuthCore.Bench.Keys;

/// <summary>RFC 7523 §3: assertions by which clients authenticate.</summary>
internal static class Assertions
{
    private const int Lifetime = 540;   // seconds; the server takes none of more than ten minutes

    /// <summary>One for each client after the other, each with a name of its own.</summary>
    /// <param name="clients">The clients with their keys.</param>
    /// <param name="issuer">Whom they are for.</param>
    /// <param name="count">How many.</param>
    public static string[] Make(IReadOnlyList<(string ClientId, BenchKey Key)> clients, string issuer, int count)
    {
        var salt = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var expiry = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + Lifetime;
        var assertions = new string[count];
        Parallel.For(0, clients.Count, client =>   // a key serves one thread at a time
        {
            var (id, key) = clients[client];
            for (var i = client; i < count; i += clients.Count)
            {
                assertions[i] = key.Sign("""{"typ":"JWT","alg":"ES256"}""", string.Create(
                    CultureInfo.InvariantCulture, $$"""{"iss":"{{id}}","sub":"{{id}}","aud":"{{issuer}}","exp":{{expiry}},"jti":"{{salt}}{{i:0000000}}"}"""));
            }
        });
        return assertions;
    }
}
