using AuthCore.Stores;

namespace AuthCore.Features.PairwiseSubjects;

/// <summary>The table <c>pairwise_secret</c>: one row, made once and never changed.</summary>
internal sealed class PairwiseSecretStore(Database database)
{
    /// <summary>The secret under the master key, or null before the first start.</summary>
    public Task<byte[]?> FindAsync(CancellationToken ct) => database.FindAsync<byte[]>("select secret from pairwise_secret", null, ct);

    /// <summary>Keeps the secret unless another server was first.</summary>
    public Task AddAsync(byte[] secret, DateTimeOffset now, CancellationToken ct) => database.ExecuteAsync(
        "insert into pairwise_secret (secret, created_at) values (@secret, @now) on conflict do nothing", new { secret, now }, ct);
}
