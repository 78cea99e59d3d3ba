using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace AuthCore.Bench.Ceilings;

/// <summary>Verifies the server's access token and reads one row by its key.</summary>
internal sealed class UserInfoCeiling(NpgsqlDataSource database, byte[] jwkSet)
{
    private const string Read = "select u.subject, u.name, u.email from grants g join users u on u.subject = g.subject where g.id = $1";

    private readonly ECParameters _key = KeyOf(jwkSet);
    private readonly ConcurrentBag<NpgsqlCommand> _ready = [];

    [ThreadStatic] private static ECDsa? t_key;

    public async Task HandleAsync(HttpContext http)
    {
        string? authorization = http.Request.Headers.Authorization;
        if (authorization is null || !TryVerify(authorization.AsSpan("Bearer ".Length), out var grantId))
        {
            http.Response.StatusCode = 401;
            return;
        }

        var command = _ready.TryTake(out var taken) ? taken : await PrepareAsync(http.RequestAborted);
        ((NpgsqlParameter<Guid>)command.Parameters[0]).TypedValue = grantId;
        await using (var reader = await command.ExecuteReaderAsync(http.RequestAborted))
        {
            await reader.ReadAsync(http.RequestAborted);
            Write(http, reader);
        }

        _ready.Add(command);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static void Write(HttpContext http, NpgsqlDataReader reader)
    {
        http.Response.ContentType = "application/json";
        using var json = new Utf8JsonWriter(http.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteString("sub", reader.GetString(0));
        json.WriteString("name", reader.GetString(1));
        json.WriteString("email", reader.GetString(2));
        json.WriteEndObject();
    }

    /// <summary>Verifies, and reads the one claim that is needed.</summary>
    public bool TryVerify(ReadOnlySpan<char> token, out Guid grantId)
    {
        Span<byte> ascii = stackalloc byte[token.Length];
        Encoding.ASCII.GetBytes(token, ascii);
        var first = ascii.IndexOf((byte)'.');
        var last = ascii.LastIndexOf((byte)'.');
        Span<byte> signature = stackalloc byte[64];
        Span<byte> payload = stackalloc byte[Base64Url.GetMaxDecodedLength(last - first - 1)];
        Base64Url.DecodeFromUtf8(ascii[(last + 1)..], signature);
        var length = Base64Url.DecodeFromUtf8(ascii[(first + 1)..last], payload);
        grantId = default;
        var reader = new Utf8JsonReader(payload[..length]);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("gid"u8) && reader.Read())
            {
                grantId = reader.GetGuid();
            }
        }

        return (t_key ??= ECDsa.Create(_key)).VerifyData(ascii[..last], signature, HashAlgorithmName.SHA256);
    }

    private async Task<NpgsqlCommand> PrepareAsync(CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        var command = new NpgsqlCommand(Read, connection) { Parameters = { new NpgsqlParameter<Guid> { NpgsqlDbType = NpgsqlDbType.Uuid } } };
        await command.PrepareAsync(ct);
        return command;
    }

    private static ECParameters KeyOf(byte[] jwkSet)
    {
        var jwk = JsonElement.Parse(jwkSet).GetProperty("keys").EnumerateArray().Single(key => key.GetProperty("kty").ValueEquals("EC") && key.GetProperty("crv").ValueEquals("P-256"));
        return new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(jwk.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(jwk.GetProperty("y").GetString()) },
        };
    }
}
