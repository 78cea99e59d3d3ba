namespace AuthCore.Keys;

/// <summary>Too many passwords wait to be hashed: a fault of ours, to be answered 503 with Retry-After, never "wrong password".</summary>
internal sealed class HashingBusyException() : Exception("Too many passwords are waiting to be hashed.");

/// <summary>
/// Threads of their own for work that takes a processor for a quarter of a second, behind a queue that refuses rather than grows.
/// Whoever gives up waiting leaves the queue at once.
/// </summary>
internal sealed class HashingThreads : IDisposable
{
    private readonly LinkedList<Job> waiting = new();
    private readonly Lock gate = new();
    private readonly SemaphoreSlim filled = new(0);   // never asked for its handle, so there is nothing to dispose of
    private readonly int queueLength;
    private readonly Thread[] threads;
    private int idle;
    private bool stopping;

    public HashingThreads(int threadCount, int queueLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threadCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(queueLength);
        this.queueLength = queueLength;
        idle = threadCount;
        threads = [.. Enumerable.Range(1, threadCount).Select(i => new Thread(Run) { IsBackground = true, Name = $"password hashing {i}" })];
        foreach (var thread in threads)
        {
            thread.Start();
        }
    }

    /// <summary>Does the work on one of the threads; the continuation runs elsewhere.</summary>
    /// <exception cref="HashingBusyException">Every thread is busy and the queue is full.</exception>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var job = new Job(() => Complete(done, work), e => done.TrySetException(e));
        LinkedListNode<Job> node;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopping, this);
            // A thread that is free takes its job in a moment, so only what is beyond the free ones waits.
            if (waiting.Count >= queueLength + idle)
            {
                throw new HashingBusyException();
            }

            node = waiting.AddLast(job);
            filled.Release();
        }

        using var registration = ct.Register(() =>
        {
            if (TryLeave(node))
            {
                done.TrySetCanceled(ct);
            }
        });
        return await done.Task;
    }

    /// <summary>Lets work under way finish, and fails what still waits.</summary>
    public void Dispose()
    {
        Job[] left;
        lock (gate)
        {
            if (stopping)
            {
                return;
            }

            stopping = true;
            left = [.. waiting];
            waiting.Clear();
        }

        foreach (var job in left)
        {
            job.Fail(new ObjectDisposedException(nameof(HashingThreads)));
        }

        filled.Release(threads.Length);
        foreach (var thread in threads.Where(t => t != Thread.CurrentThread))
        {
            thread.Join();
        }
    }

    private void Run()
    {
        while (true)
        {
            filled.Wait();
            Job? job;
            lock (gate)
            {
                if (stopping)
                {
                    return;
                }

                job = waiting.First?.Value;   // null where the one that was announced has left
                if (job is not null)
                {
                    waiting.RemoveFirst();
                    idle--;
                }
            }

            if (job is not null)
            {
                job.Work();
            }
        }
    }

    private void Complete<T>(TaskCompletionSource<T> done, Func<T> work)
    {
        T? result = default;
        Exception? fault = null;
        try
        {
            result = work();
        }
#pragma warning disable CA1031 // whatever went wrong belongs to whoever asked for the work
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e;
        }

        lock (gate)
        {
            idle++;
        }

        // Only now, so that whoever learns of it finds the thread free.
        if (fault is null)
        {
            done.TrySetResult(result!);
        }
        else
        {
            done.TrySetException(fault);
        }
    }

    private bool TryLeave(LinkedListNode<Job> node)
    {
        lock (gate)
        {
            if (node.List is null)
            {
                return false;   // a thread has it, or it was failed
            }

            waiting.Remove(node);
            return true;
        }
    }

    private sealed record Job(Action Work, Action<Exception> Fail);
}
