using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthCore.Jose;

namespace AuthCore.Bench.Keys;

/// <summary>What a signature costs whoever receives it, on this machine and in this run: processor time in this process, alone.</summary>
/// <param name="Verification">Microseconds of one bare ES256 verification with a key that is ready.</param>
/// <param name="Reading">Microseconds of AuthCore's door for JWTs: parsing, the header's key or a kept one, the verification, the claims.</param>
internal sealed record VerificationCost(double Verification, double Reading)
{
    /// <summary>Microseconds of making the platform's key object of a public key that comes along; null where the key is kept.</summary>
    public double? KeyMaking { get; init; }

    private static readonly TimeSpan s_enough = TimeSpan.FromSeconds(0.3);

    /// <summary>Of a DPoP proof, whose key comes in its header.</summary>
    public static VerificationCost OfProof()
    {
        using var key = new BenchKey();
        var proof = Encoding.ASCII.GetString(new Proofs(key, "http://127.0.0.1:50000/token", 1).Take()!);
        var rules = new JwtRules(new JwsRules("dpop+jwt") { KeyInHeader = true }) { Required = ["jti", "htm", "htu", "iat"] };
        var numbers = key.Public;
        return Of(key, proof, rules, jws => jws.Verify(jws.HeaderKey!)) with
        {
            KeyMaking = Time(() =>
            {
                using var made = ECDsa.Create(numbers);
                return true;
            }),
        };
    }

    /// <summary>Of a client assertion, whose key is registered.</summary>
    public static VerificationCost OfAssertion()
    {
        using var key = new BenchKey();
        var assertion = Assertions.Make([("a-client", key)], "http://127.0.0.1:50000", 1)[0];
        var keys = JwkSet.Parse(Encoding.ASCII.GetBytes($$"""{"keys":[{{key.Jwk}}]}"""));
        var rules = new JwtRules(new JwsRules("JWT")) { Required = ["iss", "sub", "aud", "exp", "jti"] };
        return Of(key, assertion, rules, jws => jws.Verify(keys.Find(jws.Kid, jws.Algorithm)));
    }

    private static VerificationCost Of(BenchKey key, string compact, JwtRules rules, Func<UnverifiedJws, JwsResult> verify)
    {
        var dot = compact.LastIndexOf('.');
        var data = Encoding.ASCII.GetBytes(compact[..dot]);
        var signature = Base64Url.DecodeFromChars(compact.AsSpan(dot + 1));
        return new VerificationCost(
            Time(() => key.Verify(data, signature)),
            Time(() => UnverifiedJws.TryRead(compact, rules.Jws, out var jws, out _) && verify(jws).Try(out var verified, out _)
                && IncomingJwt.TryJudge(verified, rules, TimeProvider.System.GetUtcNow(), out _, out _)));
    }

    private static double Time(Func<bool> work)
    {
        Repeat();   // compiled, and warm
        return Repeat();

        double Repeat()
        {
            var began = Environment.CpuUsage.TotalTime;
            TimeSpan spent;
            var times = 0;
            do
            {
                for (var i = 0; i < 50; i++, times++)
                {
                    if (!work())
                    {
                        throw new BenchException("A signature of the bench's own does not verify.");
                    }
                }

                spent = Environment.CpuUsage.TotalTime - began;
            }
            while (spent < s_enough);
            return spent.TotalMicroseconds / times;
        }
    }
}
