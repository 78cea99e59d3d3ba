using Npgsql;

namespace AuthCore.Bench.Seeding;

/// <summary>Years of use: families in the table, each with a refresh token that was rotated.</summary>
internal static class Growth
{
    // UUIDv7 in the order of making; md5 stands for the random bits.
    private const string Fill =
        """
        set session_replication_role = replica;   -- the rows fit by making; ten million look-ups would say the same
        set synchronous_commit = off;
        create function pg_temp.grant_id(i bigint, n bigint) returns uuid language sql immutable as $$
            select (lpad(to_hex((1750000000000 + i * (7776000000 / n))::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || 'a' || substr(md5(i::text), 4, 15))::uuid
        $$;
        with people as (select array_agg(subject order by subject) as subjects from users)
        insert into grants (
            id, client_id, subject, session_id, offline, scope, resource, nonce, acr, amr, authenticated_at, created_at, expires_at,
            code_hash, code_expires_at, redeemed_at, used_at, chain_hash, refresh_hash, refresh_expires_at, spent_hash, rotated_at, successor)
        select pg_temp.grant_id(i, @n), @client, subjects[1 + i % cardinality(subjects)], null, true, array[@scope], '{}', 'a-nonce-of-the-bench', 'urn:authcore:acr:1',
               array['pwd'], now() - interval '30 days', now() - interval '30 days', now() + (i % 5184000) * interval '1 second' + interval '1 day',
               sha256(int8send(i)), now() - interval '30 days', now() - interval '30 days', now() - interval '10 days', sha256(int8send(i + 1 * @n)), sha256(int8send(i + 2 * @n)),
               now() + (i % 2592000) * interval '1 second' + interval '1 day', sha256(int8send(i + 3 * @n)), now() - interval '10 days',
               decode(repeat(md5(i::text), 7), 'hex') || '\x000000000000000000'::bytea
        from   people, generate_series(0, @n - 1) i;
        """;

    private static readonly string[] s_after = ["vacuum analyze", "checkpoint"];

    /// <summary>Fills the tables and leaves them as the autovacuum would.</summary>
    /// <param name="connectionString">A seeded database.</param>
    /// <param name="grants">How many families.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Bytes of the table and its indexes.</returns>
    public static async Task<long> WriteAsync(string connectionString, long grants, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await connection.OpenAsync(ct);
        await using (var fill = new NpgsqlCommand(Fill.Replace("@n", FormattableString.Invariant($"{grants}::bigint"), StringComparison.Ordinal)
            .Replace("@client", $"'{Population.WebClient}'", StringComparison.Ordinal).Replace("@scope", $"'{Population.Scope}'", StringComparison.Ordinal), connection))
        {
            await fill.ExecuteNonQueryAsync(ct);
        }

        foreach (var statement in s_after)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(ct);
        }

        await using var size = new NpgsqlCommand("select pg_total_relation_size('grants')", connection);
        return (long)(await size.ExecuteScalarAsync(ct))!;
    }
}
