using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthCore.Bench.Keys;
using AuthCore.Keys;
using AuthCore.Options;
using AuthCore.Protocol;
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
    public Task<string[]> WriteRefreshTokensAsync(IReadOnlyList<Person> people, int count, CancellationToken ct) =>
        WriteRefreshTokensAsync(new Batch(people, count), _ => null, ct);

    /// <summary>A family of <see cref="KeyHolders.NativeClient"/> for each key, with a refresh token that is bound to it.</summary>
    /// <returns>The tokens.</returns>
    public Task<string[]> WriteBoundTokensAsync(IReadOnlyList<Person> people, IReadOnlyList<BenchKey> keys, CancellationToken ct) =>
        WriteRefreshTokensAsync(new Batch(people, keys.Count) { ClientId = KeyHolders.NativeClient }, i => new TokenBinding("jkt", keys[i].Thumbprint).Confirmation, ct);

    /// <summary>A family for each person, in turn, with a code. It lives for an hour, so that it can wait for its round.</summary>
    /// <returns>The codes.</returns>
    public Task<string[]> WriteCodesAsync(IReadOnlyList<Person> people, int count, string[] scope, CancellationToken ct) => WriteAsync(
        new Batch(people, count) { Scope = scope }, HandleKind.Code, "code_hash, redirect_uri, redirect_uri_sent, code_challenge, code_expires_at",
        async (row, _, handle, now) =>
        {
            await row.WriteAsync(handle.Hash, NpgsqlDbType.Bytea, ct);
            await row.WriteAsync(Population.RedirectUri, NpgsqlDbType.Text, ct);
            await row.WriteAsync(true, NpgsqlDbType.Boolean, ct);
            await row.WriteAsync(s_challenge, NpgsqlDbType.Text, ct);
            await row.WriteAsync(now.UtcDateTime.AddHours(1), NpgsqlDbType.TimestampTz, ct);
        },
        ct);

    private Task<string[]> WriteRefreshTokensAsync(Batch batch, Func<int, string?> confirmation, CancellationToken ct) => WriteAsync(
        batch, HandleKind.RefreshToken, "chain_hash, refresh_hash, refresh_expires_at, refresh_confirmation",
        async (row, i, handle, now) =>
        {
            await row.WriteAsync(handle.ChainHash, NpgsqlDbType.Bytea, ct);
            await row.WriteAsync(handle.Hash, NpgsqlDbType.Bytea, ct);
            await row.WriteAsync((now + new LifetimeOptions().RefreshTokenIdle).UtcDateTime, NpgsqlDbType.TimestampTz, ct);
            await (confirmation(i) is { } bound ? row.WriteAsync(bound, NpgsqlDbType.Text, ct) : row.WriteNullAsync(ct));
        },
        ct);

    private async Task<string[]> WriteAsync(Batch batch, HandleKind kind, string columns, Func<NpgsqlBinaryImporter, int, Handle, DateTimeOffset, Task> write, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        var handles = new Handle[batch.Count];
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var rows = await connection.BeginBinaryImportAsync(
            $"copy grants (id, client_id, subject, session_id, offline, scope, resource, nonce, acr, amr, authenticated_at, created_at, expires_at, {columns}) from stdin (format binary)", ct);
        for (var i = 0; i < batch.Count; i++)
        {
            handles[i] = Handle.Create(kind, Guid.CreateVersion7(now));
            await WriteGrantAsync(rows, handles[i].Id, batch, batch.People[i % batch.People.Count], now, ct);
            await write(rows, i, handles[i], now);
        }

        await rows.CompleteAsync(ct);
        return [.. handles.Select(handle => handle.Value)];
    }

    private static async Task WriteGrantAsync(NpgsqlBinaryImporter row, Guid id, Batch batch, Person person, DateTimeOffset now, CancellationToken ct)
    {
        await row.StartRowAsync(ct);
        await row.WriteAsync(id, NpgsqlDbType.Uuid, ct);
        await row.WriteAsync(batch.ClientId, NpgsqlDbType.Text, ct);
        await row.WriteAsync(person.Subject, NpgsqlDbType.Text, ct);
        await row.WriteAsync(person.SessionId, NpgsqlDbType.Uuid, ct);
        await row.WriteAsync(false, NpgsqlDbType.Boolean, ct);
        await row.WriteAsync(batch.Scope, NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
        await row.WriteAsync(Array.Empty<string>(), NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
        await row.WriteAsync("a-nonce-of-the-bench", NpgsqlDbType.Text, ct);
        await row.WriteAsync(new AcrOptions().Password, NpgsqlDbType.Text, ct);
        await row.WriteAsync(s_amr, NpgsqlDbType.Array | NpgsqlDbType.Text, ct);
        await row.WriteAsync(now.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        await row.WriteAsync(now.UtcDateTime, NpgsqlDbType.TimestampTz, ct);
        await row.WriteAsync((now + new LifetimeOptions().RefreshTokenAbsolute).UtcDateTime, NpgsqlDbType.TimestampTz, ct);
    }

    /// <summary>Families that are written together.</summary>
    private sealed record Batch(IReadOnlyList<Person> People, int Count)
    {
        public string ClientId { get; init; } = Population.WebClient;

        public string[] Scope { get; init; } = [Population.Scope];
    }
}
