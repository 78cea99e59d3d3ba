using AuthCore.Stores;

namespace AuthCore.Features.Dpop;

/// <summary>What became of a proof that was to be taken.</summary>
internal enum ProofTaken
{
    /// <summary>Nobody had taken it.</summary>
    First,

    /// <summary>It had been taken.</summary>
    Again,

    /// <summary>It may have been taken before the table lost what it knew.</summary>
    Unknown,
}

/// <summary>The table <c>dpop_proofs</c>: each proof once, on all nodes and over restarts. It is unlogged, and knows whether it lost anything.</summary>
internal sealed class DpopProofStore(Database database)
{
    /// <summary>What was made within this time after a loss may have been taken before it: proofs may come from the future, and clocks of nodes differ.</summary>
    public static readonly TimeSpan Doubt = DpopProofRules.Ahead + TimeSpan.FromSeconds(5);

    /// <summary>How the rows go. Where a loss has not been noticed, because no proof came, it is noticed here.</summary>
    public const string DeleteExpired =
        """
        with mark as (
            insert into dpop_proofs (proof_hash, expires_at, since) values ('', 'infinity', @now)
            on conflict (proof_hash) do nothing)
        delete from dpop_proofs where proof_hash in (select proof_hash from dpop_proofs where expires_at < @now limit @Batch for update skip locked)
        """;

    // In the order of the key: two servers that take the same proofs wait for each other in one direction only. Of one proof that is brought twice at once
    // the first in line has it.
    private const string Take =
        """
        with k as (
            select k.*, m.since < k.certain_from as knows
            from   unnest($1, $2, $3) with ordinality as k (hash, keep_until, certain_from, n)
            left join dpop_proofs m on m.proof_hash = ''),
        taken as (
            insert into dpop_proofs (proof_hash, expires_at)
            select hash, keep_until from k where knows order by hash, n
            on conflict (proof_hash) do nothing
            returning proof_hash)
        select k.n, k.knows, t.proof_hash is not null and k.n = (select min(o.n) from k o where o.hash = k.hash) as is_first
        from   k
        left join taken t on t.proof_hash = k.hash
        """;

    private readonly SharedRead<Proof, Answer> _proofs = new(
        database, Take,
        static all => [Values.Of(all, of => of.Hash), Values.Of(all, of => of.KeepUntil), Values.Of(all, of => of.CertainFrom)],
        static row => new Answer(row.FlagOrNull(), row.Flag()));

    /// <summary>Takes the proof, in one statement.</summary>
    /// <param name="hash">SHA-256 of what is to count once.</param>
    /// <param name="madeAt">When it was made.</param>
    /// <param name="keepUntil">When nobody would accept it any more.</param>
    /// <param name="now">The clock.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="StorageUnavailableException">The database did not answer: nothing is known.</exception>
    public async Task<ProofTaken> TakeAsync(byte[] hash, DateTimeOffset madeAt, DateTimeOffset keepUntil, DateTimeOffset now, CancellationToken ct)
    {
        var answer = await _proofs.FindAsync(new Proof(hash, keepUntil, madeAt - Doubt), ct);
        switch (answer)
        {
            case { Knows: true }:
                return answer.IsFirst ? ProofTaken.First : ProofTaken.Again;
            case { Knows: null }:
                await database.ExecuteAsync(
                    "insert into dpop_proofs (proof_hash, expires_at, since) values ('', 'infinity', @now) on conflict (proof_hash) do nothing", new { now }, ct);
                return ProofTaken.Unknown;
            default:
                return ProofTaken.Unknown;
        }
    }

    private sealed record Proof(byte[] Hash, DateTimeOffset KeepUntil, DateTimeOffset CertainFrom);

    // Knows: null where the table was emptied, and nobody has noticed yet.
    private sealed record Answer(bool? Knows, bool IsFirst);
}
