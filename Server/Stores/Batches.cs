using System.Diagnostics;

namespace AuthCore.Stores;

/// <summary>
/// Work that costs little more for many than for one. What comes while nothing is under way is done at once; what comes meanwhile waits for that to end, and is
/// then done together. So nobody waits for company, and the busier a server is, the cheaper each gets.
/// </summary>
/// <param name="work">Does it for some, and answers each of them in their order; within the time that it is given, for then the first of them no longer waits.</param>
/// <typeparam name="TItem">What is asked.</typeparam>
/// <typeparam name="TAnswer">What comes of it.</typeparam>
internal sealed class Batches<TItem, TAnswer>(Func<TItem[], TimeSpan, Task<TAnswer[]>> work)
{
    /// <summary>How many are done together at most.</summary>
    public const int Most = 64;

    /// <summary>How long a batch may keep others waiting: one that hangs holds nobody up but its own.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private static readonly int s_mostUnderWay = Math.Max(2, Environment.ProcessorCount);

    private readonly Queue<Request> _waiting = new();
    private int _underWay;

    /// <summary>Has it done for this one.</summary>
    /// <param name="item">What is asked.</param>
    /// <param name="ct">Ends the wait; what has not begun then is not done.</param>
    /// <exception cref="StorageUnavailableException">It took longer than <see cref="Database.Deadline"/>, or failed so.</exception>
    public async Task<TAnswer> DoAsync(TItem item, CancellationToken ct)
    {
        var request = new Request(item);
        try
        {
            if (!TryBegin(request, isPatient: true))
            {
                await ((Task)request.Task).WaitAsync(Patience, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!request.Task.IsCompleted && !ct.IsCancellationRequested)
                {
                    TryBegin(null, isPatient: false);
                }
            }

            return await request.Task.WaitAsync(Database.Deadline, ct);
        }
        catch (TimeoutException fault)
        {
            throw new StorageUnavailableException("The database did not answer.", fault);
        }
        finally
        {
            request.TrySetCanceled(CancellationToken.None);
        }
    }

    private bool TryBegin(Request? request, bool isPatient)
    {
        lock (_waiting)
        {
            if (request is not null)
            {
                _waiting.Enqueue(request);
            }

            var most = isPatient && _waiting.Count < Most ? 1 : s_mostUnderWay;
            if (_underWay >= most)
            {
                return false;
            }

            _underWay++;
        }

        using (ExecutionContext.SuppressFlow())   // it goes on with what others ask, and is no part of this request
        {
            _ = RunAsync();
        }

        return true;
    }

    private async Task RunAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            try
            {
                var answers = await work([.. batch.Select(request => request.Item)], Database.Deadline - Stopwatch.GetElapsedTime(batch[0].AskedAt));
                for (var i = 0; i < answers.Length; i++)
                {
                    batch[i].TrySetResult(answers[i]);
                }
            }
#pragma warning disable CA1031 // each of them gets it
            catch (Exception fault)
#pragma warning restore CA1031
            {
                batch.ForEach(request => request.TrySetException(fault));
            }
        }
    }

    private List<Request> TakeBatch()
    {
        lock (_waiting)
        {
            var batch = new List<Request>(Math.Min(_waiting.Count, Most));
            while (batch.Count < Most && _waiting.TryDequeue(out var request))
            {
                if (!request.Task.IsCompleted)   // whoever went away is not asked for
                {
                    batch.Add(request);
                }
            }

            if (batch.Count == 0)
            {
                _underWay--;
            }

            return batch;
        }
    }

    private sealed class Request(TItem item) : TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TItem Item => item;

        public long AskedAt { get; } = Stopwatch.GetTimestamp();
    }
}
