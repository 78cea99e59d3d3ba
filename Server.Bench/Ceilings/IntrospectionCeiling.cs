using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace AuthCore.Bench.Ceilings;

/// <summary>Takes a token from a form, verifies it or hashes it, reads one row by its key, and says what was read.</summary>
internal sealed class IntrospectionCeiling(NpgsqlDataSource database, UserInfoCeiling jwt)
{
    private const string ReadFamily =
        "select g.client_id, g.subject, g.scope, u.username from grants g join users u on u.subject = g.subject where g.id = $1 and g.revoked_at is null";

    private const string ReadToken =
        """
        select t.client_id, t.subject, t.scope, u.username
        from   opaque_access_tokens t
        join   grants g on g.id = t.id
        join   users u on u.subject = g.subject
        where  t.id = $1 and t.token_hash = $2
        """;

    private const int PrefixLength = 6;

    private readonly ConcurrentBag<NpgsqlCommand> _family = [];
    private readonly ConcurrentBag<NpgsqlCommand> _token = [];

    public async Task HandleAsync(HttpContext http)
    {
        if (await CeilingForm.ReadAsync(http, "token") is not { } token)
        {
            http.Response.StatusCode = 400;
            return;
        }

        var isJwt = token.Contains('.', StringComparison.Ordinal);
        var id = isJwt ? (jwt.TryVerify(token, out var grantId) ? grantId : Guid.Empty) : IdOf(token);
        var ready = isJwt ? _family : _token;
        var command = ready.TryTake(out var taken) ? taken : await PrepareAsync(isJwt, http.RequestAborted);
        ((NpgsqlParameter<Guid>)command.Parameters[0]).TypedValue = id;
        if (!isJwt)
        {
            ((NpgsqlParameter<byte[]>)command.Parameters[1]).TypedValue = SHA256.HashData(Encoding.ASCII.GetBytes(token));
        }

        await using (var reader = await command.ExecuteReaderAsync(http.RequestAborted))
        {
            Write(http, await reader.ReadAsync(http.RequestAborted) ? reader : null);
        }

        ready.Add(command);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static void Write(HttpContext http, NpgsqlDataReader? reader)
    {
        http.Response.ContentType = "application/json";
        using var json = new Utf8JsonWriter(http.Response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartObject();
        json.WriteBoolean("active", reader is not null);
        if (reader is not null)
        {
            json.WriteString("client_id", reader.GetString(0));
            json.WriteString("sub", reader.GetString(1));
            json.WriteString("scope", string.Join(' ', reader.GetFieldValue<string[]>(2)));
            json.WriteString("username", reader.GetString(3));
        }

        json.WriteEndObject();
    }

    private static Guid IdOf(string token)
    {
        Span<byte> bytes = stackalloc byte[48];
        System.Buffers.Text.Base64Url.DecodeFromChars(token.AsSpan(PrefixLength), bytes);
        return new Guid(bytes[..16], bigEndian: true);
    }

    private async Task<NpgsqlCommand> PrepareAsync(bool isJwt, CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        var command = new NpgsqlCommand(isJwt ? ReadFamily : ReadToken, connection) { Parameters = { new NpgsqlParameter<Guid> { NpgsqlDbType = NpgsqlDbType.Uuid } } };
        if (!isJwt)
        {
            command.Parameters.Add(new NpgsqlParameter<byte[]> { NpgsqlDbType = NpgsqlDbType.Bytea });
        }

        await command.PrepareAsync(ct);
        return command;
    }
}
