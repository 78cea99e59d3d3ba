using System.Security.Cryptography;
using AuthCore.Jose;
using AuthCore.Options;
using AuthCore.Stores;

namespace AuthCore.Keys;

/// <summary>
/// The server's signing keys: one an algorithm, made when it is first needed, kept under the master key, ready in memory.
/// A key that another server made is read when it is met, or within a second.
/// </summary>
internal sealed class SigningKeys(SigningKeyStore store, KeyEncryption encryption, ChangeFeed changes, TimeProvider clock) : IHostedService, IDisposable
{
    private const int KidLength = 43;   // of a thumbprint (RFC 7638): what is named otherwise is none of ours, and nothing is read for it

    // Strangers can name keys that nobody has: readings are this far apart at least, and each answers everybody who asked before it began.
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan s_maxAge = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_maxUnprovenAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _ticks = TimeProvider.System;   // measures the age of a reading, as ChangeFeed does
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _starting = new();
    private volatile Reading _reading = new(SigningKeySet.Empty, 0, -1, null);
    private Task _renewal = Task.CompletedTask;

    /// <summary>What every server has from its first start: OIDC Core §15.1 demands RS256 of ID tokens, and access tokens are ES256 where nobody chose.</summary>
    public static IReadOnlyList<string> Initial { get; } = ["RS256", "ES256"];

    /// <summary>The algorithm of this name.</summary>
    /// <exception cref="InvalidOperationException">There is none: registration and configuration should have refused it.</exception>
    public static SigningAlgorithm AlgorithmOf(string alg) =>
        SigningAlgorithm.TryFind(alg, out var algorithm) ? algorithm : throw new InvalidOperationException($"{alg} is not an algorithm of ours.");

    /// <summary>Loads the keys, and makes those of the algorithms that have none. Servers that start together end with the same.</summary>
    /// <exception cref="StartupException">The master key is not the one they were encrypted under.</exception>
    public async Task LoadAsync(IEnumerable<string> algorithms, CancellationToken ct)
    {
        await ReadAsync(_ticks.GetTimestamp(), ct);
        foreach (var alg in algorithms)
        {
            await ActiveAsync(alg, ct);
        }
    }

    /// <summary>The key that signs with this algorithm now; made, and published, where nobody needed one before.</summary>
    public ValueTask<SigningKey> ActiveAsync(string alg, CancellationToken ct) =>
        _reading.Keys.Active(alg) is { } key ? new ValueTask<SigningKey>(key) : new ValueTask<SigningKey>(MakeAsync(alg, ct));

    /// <summary>One of our public keys, or null. A name that is not known yet is looked for.</summary>
    public ValueTask<Jwk?> FindAsync(string? kid, CancellationToken ct) =>
        _reading.Keys.Find(kid) is { } key ? new ValueTask<Jwk?>(key)
            : kid is { Length: KidLength } ? new ValueTask<Jwk?>(LookForAsync(kid, ct))
            : new ValueTask<Jwk?>((Jwk?)null);

    /// <summary>RFC 7515 §5.2: verifies what this server signed, with whichever algorithm.</summary>
    public async ValueTask<JwsResult> VerifyAsync(string? compact, JwsRules rules, CancellationToken ct) =>
        !UnverifiedJws.TryRead(compact, rules, out var jws, out var reason) ? JwsResult.Refused(reason)
            : await FindAsync(jws.Kid, ct) is { } key ? jws.Verify(key)
            : JwsResult.Refused("no such key");

    /// <summary>RFC 7517 §5: the public keys as a JWK Set, with every key that was there a second ago; as last read where the database does not answer.</summary>
    public async ValueTask<byte[]> GetJwkSetAsync(CancellationToken ct)
    {
        if (!IsFresh(_reading))
        {
            try
            {
                await Renewal().WaitAsync(s_patience, _ticks, ct);
            }
            catch (Exception fault) when (fault is TimeoutException or StorageUnavailableException)
            {
                // what was read last stands
            }
        }

        return _reading.Keys.JwkSet;
    }

    /// <summary>Before the first request, when whatever is configured has been written: the keys that clients and resources chose are published before they sign.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var alg in await store.ListAlgorithmsInUseAsync(cancellationToken))
        {
            if (SigningAlgorithm.TryFind(alg, out _))
            {
                await ActiveAsync(alg, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private bool IsFresh(Reading reading)
    {
        var isProven = changes.IsProven();   // asked always, so that it goes on hearing
        return reading.Fault is null && reading.Generation == changes.Generation && _ticks.GetElapsedTime(reading.BegunAt) < (isProven ? s_maxAge : s_maxUnprovenAge);
    }

    // One at a time, whoever waits for it.
    private Task Renewal()
    {
        lock (_starting)
        {
            if (_renewal.IsCompleted && !(_reading.Fault is not null && _ticks.GetElapsedTime(_reading.BegunAt) < s_maxUnprovenAge))
            {
                _renewal = ReadAsync(_ticks.GetTimestamp(), CancellationToken.None);
            }

            return _renewal;
        }
    }

    private async Task<Jwk?> LookForAsync(string kid, CancellationToken ct) => (await ReadAsync(_ticks.GetTimestamp(), ct)).Find(kid);

    // A reading that began since, ours or another's.
    private async Task<SigningKeySet> ReadAsync(long since, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_reading.BegunAt >= since)
            {
                return _reading.Fault is { } fault ? throw new StorageUnavailableException(fault.Message, fault) : _reading.Keys;
            }

            var rest = s_pace - _ticks.GetElapsedTime(_reading.BegunAt);
            if (_reading.BegunAt != 0 && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, _ticks, ct);
            }

            return await ReadNowAsync(ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<SigningKeySet> ReadNowAsync(CancellationToken ct)
    {
        var (generation, begunAt, known) = (changes.Generation, _ticks.GetTimestamp(), _reading.Keys);
        try
        {
            var keys = SigningKeySet.Open(await store.ListAsync(ct), known, encryption);
            _reading = new Reading(keys, begunAt, generation, null);
            return keys;
        }
        catch (StorageUnavailableException fault)
        {
            _reading = new Reading(known, begunAt, generation, fault);
            throw;
        }
    }

    // The table allows one active key an algorithm: where two servers make one, the second finds that of the first.
    private async Task<SigningKey> MakeAsync(string alg, CancellationToken ct)
    {
        var algorithm = AlgorithmOf(alg);
        await _turn.WaitAsync(ct);
        try
        {
            if ((_reading.Keys.Active(alg) ?? (await ReadNowAsync(ct)).Active(alg)) is { } there)
            {
                return there;
            }

            await store.AddAsync(New(algorithm), ct);
            changes.Announce();
            return (await ReadNowAsync(ct)).Active(alg) ?? throw new InvalidOperationException($"The {alg} key that was stored is not there.");
        }
        finally
        {
            _turn.Release();
        }
    }

    private SigningKeyRow New(SigningAlgorithm algorithm)
    {
        using var key = SigningKey.Create(algorithm);
        var pkcs8 = key.ExportPkcs8();
        var row = new SigningKeyRow { Kid = key.Kid, Alg = algorithm.Name, PrivateKey = encryption.Encrypt(pkcs8, SigningKeySet.Purpose), CreatedAt = clock.GetUtcNow() };
        CryptographicOperations.ZeroMemory(pkcs8);
        return row;
    }

    /// <param name="Keys">As read.</param>
    /// <param name="BegunAt">When the reading began, in ticks; 0 = never.</param>
    /// <param name="Generation">Of the changes heard before it began.</param>
    /// <param name="Fault">Why it failed; then the keys are those of the reading before.</param>
    private sealed record Reading(SigningKeySet Keys, long BegunAt, long Generation, StorageUnavailableException? Fault);
}
