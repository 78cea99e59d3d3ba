using Npgsql;

namespace AuthCore.Bench.Seeding;

/// <summary>Families that are over for days: work for the cleanup.</summary>
internal sealed class ExpiredFamilies(string connectionString, long count)
{
    // Rows lie as use would have left them: older ones first.
    private const string Fill =
        """
        set session_replication_role = replica;
        set synchronous_commit = off;
        create function pg_temp.grant_id(i bigint) returns uuid language sql immutable as $$
            select (lpad(to_hex(1700000000000 + i), 12, '0') || '7' || substr(md5(i::text || '@salt'), 1, 3) || 'a' || substr(md5(i::text || '@salt'), 4, 15))::uuid
        $$;
        with people as (select array_agg(subject order by subject) as subjects from users)
        insert into grants (
            id, client_id, subject, session_id, offline, scope, resource, nonce, acr, amr, authenticated_at, created_at, expires_at,
            code_hash, code_expires_at, redeemed_at, used_at, chain_hash, refresh_hash, refresh_expires_at, spent_hash, rotated_at, successor)
        select pg_temp.grant_id(i), '@client', subjects[1 + i % cardinality(subjects)], null, true, array['@scope'], '{}', 'a-nonce-of-the-bench', 'urn:authcore:acr:1',
               array['pwd'], now() - interval '130 days', now() - interval '130 days', now() - interval '40 days' + (i::double precision / @n) * interval '30 days',
               sha256(int8send(i)), now() - interval '130 days', now() - interval '130 days', now() - interval '50 days', sha256(int8send(i + 1 * @n)), sha256(int8send(i + 2 * @n)),
               now() - interval '40 days', sha256(int8send(i + 3 * @n)), now() - interval '50 days',
               decode(repeat(md5(i::text), 7), 'hex') || '\x000000000000000000'::bytea
        from   people, generate_series(0, @n - 1) i;
        """;

    private static readonly string[] s_after = ["vacuum analyze grants", "checkpoint"];

    private int _fills;

    /// <summary>Writes them anew where less than half are left.</summary>
    public async Task FillAsync(CancellationToken ct)
    {
        if (await CountAsync(ct) >= count / 2)
        {
            return;
        }

        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(ct);
        var fill = Fill.Replace("@n", FormattableString.Invariant($"{count}::bigint"), StringComparison.Ordinal).Replace("@client", Population.WebClient, StringComparison.Ordinal)
            .Replace("@scope", Population.Scope, StringComparison.Ordinal).Replace("@salt", FormattableString.Invariant($"fill {++_fills}"), StringComparison.Ordinal);
        foreach (var statement in (string[])[fill, .. s_after])
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>How many are left.</summary>
    public async Task<long> CountAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var command = new NpgsqlCommand("select count(*) from grants where expires_at < now() - interval '1 day'", connection);
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
}
