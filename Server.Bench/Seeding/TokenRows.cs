using System.Globalization;
using AuthCore.Keys;
using AuthCore.Protocol;
using AuthCore.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AuthCore.Bench.Seeding;

/// <summary>Writes opaque access tokens, a client that gets them, and access tokens that were revoked.</summary>
internal sealed class TokenRows(string connectionString)
{
    private const string OpaqueMachine = "bench-opaque";

    /// <summary>An opaque access token of the web client for each family.</summary>
    /// <returns>The tokens.</returns>
    public async Task<string[]> WriteOpaqueAsync(IEnumerable<string> refreshTokens, string issuer, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        var tokens = new List<string>();
        foreach (var refreshToken in refreshTokens)
        {
            _ = Handle.TryParse(HandleKind.RefreshToken, refreshToken, out var family) ? true : throw new BenchException("Not a refresh token.");
            var token = Handle.Create(HandleKind.AccessToken, family!.Id);
            await using var command = new NpgsqlCommand(
                """
                insert into opaque_access_tokens (id, token_hash, has_family, client_id, subject, audience, scope, jti, issued_at, expires_at, authenticated_at, acr, amr)
                select g.id, $2, true, g.client_id, g.subject, array[$3], g.scope, g.id::text, now(), now() + interval '1 hour', g.authenticated_at, g.acr, g.amr
                from   grants g
                where  g.id = $1
                """,
                connection);
            command.Parameters.AddWithValue(token.Id);
            command.Parameters.AddWithValue(token.Hash);
            command.Parameters.AddWithValue(issuer);
            await command.ExecuteNonQueryAsync(ct);
            tokens.Add(token.Value);
        }

        return [.. tokens];
    }

    /// <summary>A client that acts for itself with opaque tokens.</summary>
    public async Task<Machine> WriteMachineAsync(CancellationToken ct)
    {
        var secret = Handle.Create(HandleKind.ClientSecret).Value;
        await using var database = Database.Open(connectionString);
        using var changes = new ChangeFeed(database, NullLogger<ChangeFeed>.Instance);
        await new ClientStore(database, changes).SaveAsync(new Client
        {
            ClientId = OpaqueMachine,
            ClientName = OpaqueMachine,
            GrantTypes = ["client_credentials"],
            Secrets = [new ClientSecret(Handle.HashOf(secret), null)],
            Scope = [Population.Scope],
            AccessTokenFormat = "opaque",
        }, ct);
        return new Machine(OpaqueMachine, secret);
    }

    /// <summary>Notes that so many access tokens are dead.</summary>
    public async Task WriteRevokedAsync(int count, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand(
            "insert into revoked_access_tokens (jti, expires_at) select 'bench-' || i, now() + interval '1 day' from generate_series(1, $1) i on conflict (jti) do nothing", connection);
        command.Parameters.AddWithValue(count);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>How many are noted.</summary>
    public static string Describe(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} revoked access tokens in memory");
}
