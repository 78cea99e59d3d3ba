using System.Security.Cryptography;
using System.Text;

namespace AuthCore.Keys;

/// <summary>What came of a verification; `default` is a wrong password.</summary>
/// <param name="Correct">The password is the user's.</param>
/// <param name="NeedsRehash">It is, and its hash should be replaced by a new one now that the password is at hand.</param>
internal readonly record struct PasswordVerdict(bool Correct, bool NeedsRehash);

/// <summary>
/// Hashes and verifies passwords, on threads of its own and never on the thread pool. A user who does not exist costs the same
/// work as one whose password is wrong.
/// </summary>
internal sealed class PasswordHasher : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly int cost;
    private readonly bool bcrypt;
    private readonly StoredPassword nobodys;
    private readonly HashingThreads threads;
    private long workDone;

    /// <param name="cost">bcrypt's cost: the work doubles with each.</param>
    /// <param name="threadCount">By default one less than the processors, and at least one.</param>
    /// <param name="queueLength">How many may wait.</param>
    /// <param name="useBcrypt">By default where the system has it; else PBKDF2.</param>
    public PasswordHasher(int cost = 12, int? threadCount = null, int queueLength = 64, bool? useBcrypt = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cost, Bcrypt.MinCost);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cost, Bcrypt.MaxCost);
        this.cost = cost;
        bcrypt = useBcrypt ?? Bcrypt.IsAvailable;
        nobodys = bcrypt
            ? new StoredPassword.DigestBcrypt(Bcrypt.OfNothing(cost), cost)
            : new StoredPassword.Pbkdf2(StoredPassword.Pbkdf2.DefaultIterations, RandomNumberGenerator.GetBytes(16), RandomNumberGenerator.GetBytes(32));
        threads = new HashingThreads(threadCount ?? Math.Max(1, Environment.ProcessorCount - 1), queueLength);
    }

    /// <summary>All work done so far: bcrypt's 2^cost or PBKDF2's iterations.</summary>
    internal long WorkDone => Interlocked.Read(ref workDone);

    /// <summary>Whether a hash from elsewhere is in a form that can be verified on this system.</summary>
    public static bool Understands(string storedHash) => StoredPassword.Parse(storedHash) is { IsSupported: true };

    /// <summary>Whether the text may be a password at all: no NUL, which would cut it short, and no half of a surrogate pair, which has no UTF-8.</summary>
    public static bool IsAcceptable(string password)
    {
        if (password.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        var rest = password.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            rest = rest[consumed..];
        }

        return true;
    }

    /// <summary>Verifies; a null hash stands for a user who does not exist, and is always wrong.</summary>
    /// <exception cref="HashingBusyException">Too many wait already.</exception>
    /// <exception cref="InvalidOperationException">The stored hash cannot be verified on this system: nobody's wrong password.</exception>
    public async Task<PasswordVerdict> VerifyAsync(string? storedHash, string password, CancellationToken ct)
    {
        if (!IsAcceptable(password))
        {
            return default;   // for every user alike, so it need not take time
        }

        var stored = storedHash is null ? nobodys : StoredPassword.Parse(storedHash);
        if (stored is not { IsSupported: true })
        {
            throw new InvalidOperationException("A stored password hash is in a form that cannot be verified on this system.");
        }

        var correct = await threads.RunAsync(() => Verify(stored, password), ct) && storedHash is not null;

        // A raw bcrypt hash ignores what follows 72 bytes: what was typed there is not known to be right, and must not become the password.
        var isWhole = stored is not StoredPassword.RawBcrypt || Encoding.UTF8.GetByteCount(password) <= Bcrypt.SignificantBytes;
        return new PasswordVerdict(correct, correct && isWhole && !IsCurrent(stored));
    }

    /// <summary>A new hash, to be stored.</summary>
    /// <exception cref="HashingBusyException">Too many wait already.</exception>
    /// <exception cref="ArgumentException">The password is not acceptable; ask <see cref="IsAcceptable"/> before.</exception>
    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        if (!IsAcceptable(password))
        {
            throw new ArgumentException("A password with a NUL or half a surrogate pair.", nameof(password));
        }

        return await threads.RunAsync(() => Hash(password), ct);
    }

    public void Dispose() => threads.Dispose();

    private bool IsCurrent(StoredPassword stored) => stored switch
    {
        StoredPassword.DigestBcrypt digest => bcrypt && digest.Cost == cost,
        StoredPassword.Pbkdf2 pbkdf2 => !bcrypt && pbkdf2.Iterations == StoredPassword.Pbkdf2.DefaultIterations,
        _ => false,
    };

    private string Hash(string password)
    {
        var bytes = Strict.GetBytes(password);
        try
        {
            Interlocked.Add(ref workDone, nobodys.Work);
            return bcrypt ? StoredPassword.DigestBcrypt.Make(bytes, cost) : StoredPassword.Pbkdf2.Make(bytes, StoredPassword.Pbkdf2.DefaultIterations);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private bool Verify(StoredPassword stored, string password)
    {
        var bytes = Strict.GetBytes(password);
        try
        {
            Interlocked.Add(ref workDone, stored.Work);
            var correct = stored.Verify(bytes);
            TopUp(stored, bytes);
            return correct;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    // A cheap hash from elsewhere would tell by its time that the user exists: 2^c + 2^c + 2^(c+1) + … + 2^(cost-1) = 2^cost.
    private void TopUp(StoredPassword stored, ReadOnlySpan<byte> bytes)
    {
        if (!bcrypt || stored.Work >= nobodys.Work || stored is StoredPassword.Pbkdf2)
        {
            return;
        }

        for (var step = (int)Math.Log2(stored.Work); step < cost; step++)
        {
            Interlocked.Add(ref workDone, 1L << step);
            new StoredPassword.DigestBcrypt(Bcrypt.OfNothing(step), step).Verify(bytes);
        }
    }
}
