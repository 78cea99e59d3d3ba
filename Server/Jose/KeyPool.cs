using System.Security.Cryptography;

namespace AuthCore.Jose;

/// <summary>
/// Hands each caller a key object of its own: the platform promises nothing about one RSA or ECDsa object used by two threads at once.
/// Holds a bounded number of idle objects; more are made when needed and let go after.
/// </summary>
internal sealed class KeyPool(Func<AsymmetricAlgorithm> create)
{
    private const int MaxIdle = 16;

    private readonly AsymmetricAlgorithm?[] slots = new AsymmetricAlgorithm?[MaxIdle];
    private volatile bool closed;

    public AsymmetricAlgorithm Rent()
    {
        ObjectDisposedException.ThrowIf(closed, this);
        var start = Thread.GetCurrentProcessorId();
        for (var i = 0; i < slots.Length; i++)
        {
            if (Interlocked.Exchange(ref slots[(int)((uint)(start + i) % (uint)slots.Length)], null) is { } free)
            {
                return free;
            }
        }

        return create();
    }

    public void Return(AsymmetricAlgorithm key)
    {
        var start = Thread.GetCurrentProcessorId();
        for (var i = 0; i < slots.Length; i++)
        {
            if (Interlocked.CompareExchange(ref slots[(int)((uint)(start + i) % (uint)slots.Length)], key, null) is null)
            {
                if (closed)
                {
                    Close();
                }

                return;
            }
        }

        key.Dispose();
    }

    /// <summary>Lets the idle objects go now and the rented ones at their return.</summary>
    public void Close()
    {
        closed = true;
        for (var i = 0; i < slots.Length; i++)
        {
            Interlocked.Exchange(ref slots[i], null)?.Dispose();
        }
    }
}
