using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AuthCore.Tests.Samples;

/// <summary>An issuer that signs whatever a test wishes, and counts who fetches its keys.</summary>
internal sealed class FakeIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);
    private int _fetches;

    private FakeIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => new { issuer = Address, jwks_uri = Address + "/jwks" });
        _app.MapGet("/jwks", () =>
        {
            Interlocked.Increment(ref _fetches);
            return IsWell ? Results.Json(new { keys = Keys() }) : Results.StatusCode(503);
        });
    }

    public string Address => _app.Urls.First();

    public int Fetches => _fetches;

    public bool IsWell { get; set; } = true;

    public static async Task<FakeIssuer> StartAsync()
    {
        var issuer = new FakeIssuer();
        await issuer._app.StartAsync();
        return issuer;
    }

    public string Sign(Dictionary<string, object> header, Dictionary<string, object> claims)
    {
        var signed = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(header))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        var bytes = Encoding.ASCII.GetBytes(signed);
        return signed + "." + (header["alg"] switch
        {
            "ES256" => Encode(_ec.SignData(bytes, HashAlgorithmName.SHA256)),
            "RS256" => Encode(_rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            "HS256" => Encode(HMACSHA256.HashData(_rsa.ExportSubjectPublicKeyInfo(), bytes)),   // the public key as a password
            _ => "",
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _ec.Dispose();
        _rsa.Dispose();
    }

    private object[] Keys()
    {
        var (ec, rsa) = (_ec.ExportParameters(false), _rsa.ExportParameters(false));
        return
        [
            new { kty = "EC", kid = "ec", crv = "P-256", x = Encode(ec.Q.X!), y = Encode(ec.Q.Y!) },
            new { kty = "RSA", kid = "rsa", n = Encode(rsa.Modulus!), e = Encode(rsa.Exponent!) },
        ];
    }

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
