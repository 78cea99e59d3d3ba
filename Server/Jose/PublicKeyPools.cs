using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace AuthCore.Jose;

/// <summary>
/// The pools of public keys seen of late, by their numbers. To look a key over and make it ready costs the platform more than a verification, and whoever
/// proves a key with each request (RFC 9449) sends it each time. That a key is here says nothing about whose it is.
/// </summary>
internal static class PublicKeyPools
{
    private const int MaxKeys = 256;

    private static readonly ConcurrentDictionary<string, KeyPool> s_pools = new(StringComparer.Ordinal);

    /// <summary>The pool of the key with these numbers; false where the platform makes no key of them.</summary>
    /// <param name="numbers">All that makes the key, in one spelling.</param>
    /// <param name="create">Makes it of them.</param>
    /// <param name="pool">The pool.</param>
    public static bool TryGet(string numbers, Func<AsymmetricAlgorithm> create, [NotNullWhen(true)] out KeyPool? pool)
    {
        if (s_pools.TryGetValue(numbers, out pool))
        {
            return true;
        }

        var made = new KeyPool(create);
        try
        {
            made.Return(create());
        }
        catch (CryptographicException)
        {
            return false;
        }

        if (s_pools.Count >= MaxKeys)
        {
            s_pools.Clear();   // those in use live on with whoever has them
        }

        pool = s_pools.GetOrAdd(numbers, made);
        return true;
    }
}
