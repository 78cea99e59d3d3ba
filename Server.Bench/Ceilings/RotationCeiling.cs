using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using AuthCore.Keys;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace AuthCore.Bench.Ceilings;

/// <summary>What is signed after a rotation.</summary>
[Flags]
internal enum Signatures
{
    None = 0,
    AccessToken = 1,
    IdToken = 2,
}

/// <summary>C2: exchanges a refresh token in one prepared statement by raw Npgsql, and signs. The row and the log are those of AuthCore.</summary>
internal sealed class RotationCeiling(NpgsqlDataSource database, CeilingTokens tokens)
{
    private const string Rotate =
        """
        update grants
        set    rotated_at = $1, used_at = $1, spent_hash = refresh_hash, successor = $3,
               refresh_hash = $2, refresh_expires_at = $6
        where  id = $4 and refresh_hash = $5 and revoked_at is null
        returning subject, client_id
        """;

    private static readonly byte[] s_sealed = new byte[121];   // as long as AuthCore's successors are when encrypted

    private readonly ConcurrentBag<NpgsqlCommand> _ready = [];

    public async Task HandleAsync(HttpContext http, Signatures signatures)
    {
        if (!Handle.TryParse(HandleKind.RefreshToken, await CeilingForm.ReadAsync(http, "refresh_token"), out var presented))
        {
            http.Response.StatusCode = 400;
            return;
        }

        var successor = presented.Next();
        var command = _ready.TryTake(out var taken) ? taken : await PrepareAsync(http.RequestAborted);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        ((NpgsqlParameter<DateTime>)command.Parameters[0]).TypedValue = now;
        ((NpgsqlParameter<byte[]>)command.Parameters[1]).TypedValue = successor.Hash;
        ((NpgsqlParameter<Guid>)command.Parameters[3]).TypedValue = presented.Id;
        ((NpgsqlParameter<byte[]>)command.Parameters[4]).TypedValue = presented.Hash;
        ((NpgsqlParameter<DateTime>)command.Parameters[5]).TypedValue = now.AddDays(30);
        string subject, client;
        await using (var reader = await command.ExecuteReaderAsync(http.RequestAborted))
        {
            if (!await reader.ReadAsync(http.RequestAborted))
            {
                http.Response.StatusCode = 400;
                return;
            }

            (subject, client) = (reader.GetString(0), reader.GetString(1));
        }

        _ready.Add(command);
        Write(http, signatures, presented.Id, subject, client, successor.Value);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private void Write(HttpContext http, Signatures signatures, Guid grantId, string subject, string client, string successor)
    {
        http.Response.ContentType = "application/json";
        var body = http.Response.BodyWriter;
        body.Write("{\"access_token\":\""u8);
        if (signatures.HasFlag(Signatures.AccessToken))
        {
            tokens.WriteAccessToken(body, subject, client, "read:files", grantId);
        }

        body.Write("\",\"token_type\":\"Bearer\",\"expires_in\":900,\"refresh_token\":\""u8);
        Encoding.ASCII.GetBytes(successor, body);
        if (signatures.HasFlag(Signatures.IdToken))
        {
            body.Write("\",\"id_token\":\""u8);
            tokens.WriteIdToken(body, subject, client);
        }

        body.Write("\",\"scope\":\"read:files\"}"u8);
    }

    private async Task<NpgsqlCommand> PrepareAsync(CancellationToken ct)
    {
        var connection = await database.OpenConnectionAsync(ct);
        var command = new NpgsqlCommand(Rotate, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<byte[]> { NpgsqlDbType = NpgsqlDbType.Bytea },
                new NpgsqlParameter<byte[]> { NpgsqlDbType = NpgsqlDbType.Bytea, TypedValue = s_sealed },
                new NpgsqlParameter<Guid> { NpgsqlDbType = NpgsqlDbType.Uuid },
                new NpgsqlParameter<byte[]> { NpgsqlDbType = NpgsqlDbType.Bytea },
                new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        await command.PrepareAsync(ct);
        return command;
    }
}
