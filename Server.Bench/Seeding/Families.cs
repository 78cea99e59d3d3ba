using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthCore.Keys;
using AuthCore.Options;
using Npgsql;
using NpgsqlTypes;

namespace AuthCore.Bench.Seeding;

/// <summary>Writes grants with a code or a refresh token each, in bulk and in the form the server gives them. They end with their session, so every rule asks.</summary>
internal sealed class Families(string connectionString)
{
    public const string Verifier = "a-code-verifier-of-the-bench-0123456789-abcdef";

    private static readonly string[] s_amr = ["pwd"];
    private static readonly string s_challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>A family for each person, in turn, with a refresh token.</summary>
    /// <returns>The tokens.</returns>
    public Task<string[]> WriteRefreshTokensAsync(IReadOnlyList<Person> people, int count, CancellationToken ct) => WriteAsync(
        people, count, [Population.Scope], HandleKind.RefreshToken, "chain_hash, refresh_hash, refresh_expires_at",
        async (row, handle, now) =>
        {
            await row.WriteAsync(handle.ChainHash, NpgsqlDbType.Bytea, ct);
            await row.WriteAsync(handle.Hash, NpgsqlDbType.Bytea, ct);
            await row.WriteAsync((now + new LifetimeOptions().RefreshTokenIdle).UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        },
        ct);

    /// <summary>A family for each person, in turn, with a code. It lives for an hour, so that it can wait for its round.</summary>
    /// <returns>The codes.</returns>
    public Task<string[]> WriteCodesAsync(IReadOnlyList<Person> people, int count, string[] scope, CancellationToken ct) => WriteAsync(
        people, count, scope, HandleKind.Code, "code_hash, redirect_uri, redirect_uri_sent, code_challenge, code_expires_at",
        async (row, handle, now) =>
        {
            await row.WriteAsync(handle.Hash, NpgsqlDbType.Bytea, ct);
            await row.WriteAsync(Population.RedirectUri, NpgsqlDbType.Text, ct);
            await row.WriteAsync(true, NpgsqlDbType.Boolean, ct);
            await row.WriteAsync(s_challenge, NpgsqlDbType.Text, ct);
            await row.WriteAsync(now.UtcDateTime.AddHours(1), NpgsqlDbType.TimestampTz, ct);
        },
        ct);

    private async Task<string[]> WriteAsync(
        IReadOnlyList<Person> people, int count, string[] scope, HandleKind kind, string columns, Func<NpgsqlBinaryImporter, Handle, DateTimeOffset, Task> write, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        var handles = new Handle[count];
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var rows = await connection.BeginBinaryImportAsync(
            $"copy grants (id, client_id, subject, session_id, offline, scope, resource, nonce, acr, amr, authenticated_at, created_at, expires_at, {columns}) from stdin (format binary)", ct);
        for (var i = 0; i < count; i++)
        {
            handles[i] = Handle.Create(kind, Guid.CreateVersion7(now));
            await WriteGrantAsync(rows, handles[i].Id, people[i % people.Count], scope, now, ct);
            await write(rows, handles[i], now);
        }

        await rows.CompleteAsync(ct);
        return [.. handles.Select(handle => handle.Value)];
    }

    private static async Task WriteGrantAsync(NpgsqlBinaryImporter row, Guid id, Person person, string[] scope, DateTimeOffset now, CancellationToken ct)
    {
        await row.StartRowAsync(ct);
        await row.WriteAsync(id, NpgsqlDbType.Uuid, ct);
        await row.WriteAsync(Population.WebClient, NpgsqlDbType.Text, ct);
        await row.WriteAsync(person.Subject, NpgsqlDbType.Text, ct);
        await row.WriteAsync(person.SessionId, NpgsqlDbType.Uuid, ct);
        await row.WriteAsync(false, NpgsqlDbType.Boolean, ct);
        await row.WriteAsync(scope, NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
        await row.WriteAsync(Array.Empty<string>(), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
        await row.WriteAsync("a-nonce-of-the-bench", NpgsqlDbType.Text, ct);
        await row.WriteAsync(new AcrOptions().Password, NpgsqlDbType.Text, ct);
        await row.WriteAsync(s_amr, NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
        await row.WriteAsync(now.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        await row.WriteAsync(now.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        await row.WriteAsync((now + new LifetimeOptions().RefreshTokenAbsolute).UtcDateTime, NpgsqlDbType.TimestampTz, ct);
    }
}
