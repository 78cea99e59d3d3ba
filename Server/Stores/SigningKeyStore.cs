namespace AuthCore.Stores;

/// <summary>A signing key as it is kept.</summary>
internal sealed record SigningKeyRow
{
    public required string Kid { get; init; }

    public required string Alg { get; init; }

    /// <summary>PKCS #8 under the master key.</summary>
    public required byte[] PrivateKey { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    public override string ToString() => $"{Alg} {Kid}";
}

/// <summary>The table <c>signing_keys</c>.</summary>
internal sealed class SigningKeyStore(Database database)
{
    /// <summary>Every key that tokens may still be signed with, the newest first; in the same order on every server.</summary>
    public Task<IReadOnlyList<SigningKeyRow>> ListAsync(CancellationToken ct) => database.ListAsync<SigningKeyRow>(
        "select kid, alg, private_key, created_at, retired_at from signing_keys order by created_at desc, kid", null, ct);

    /// <summary>Keeps the key unless another server made one of the algorithm first: the table allows one active key an algorithm.</summary>
    public Task AddAsync(SigningKeyRow key, CancellationToken ct) => database.ExecuteAsync(
        "insert into signing_keys (kid, alg, private_key, created_at) values (@Kid, @Alg, @PrivateKey, @CreatedAt) on conflict do nothing", key, ct);

    /// <summary>The algorithms that some client or resource chose, ours or not.</summary>
    public Task<IReadOnlyList<string>> ListAlgorithmsInUseAsync(CancellationToken ct) => database.ListAsync<string>(
        """
        select distinct alg
        from  (select signing_alg as alg from resources
               union all
               select unnest(array[id_token_signed_response_alg, userinfo_signed_response_alg, introspection_signed_response_alg, authorization_signed_response_alg])
               from   clients
               where  disabled_at is null) chosen
        where  alg is not null
        """,
        null, ct);
}
