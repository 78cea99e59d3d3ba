namespace AuthCore.Stores;

/// <summary>One call of the database, which may be stopped. Nobody waits for its end then.</summary>
internal sealed class Attempt : CancellationTokenSource
{
    private volatile bool _isConnected;

    /// <summary>Whether it has a connection, and no longer waits for one.</summary>
    public bool IsConnected
    {
        get => _isConnected;
        set => _isConnected = value;
    }

    /// <summary>Stops it once it has had its time.</summary>
    public async Task StopAsync(Task running, TimeSpan time)
    {
        await running.WaitAsync(time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Stop(running);
    }

    /// <summary>Stops it now, if it still runs.</summary>
    public void Stop(Task running)
    {
        if (running.IsCompleted)
        {
            return;
        }

        _ = running.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

        // Npgsql cancels a command by a blocking call to the same database, which may be the very one that does not answer: that call gets a thread
        // of its own (no more than connections in the pool).
        if (IsConnected)
        {
            _ = Task.Factory.StartNew(Cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        else
        {
            Cancel();   // it leaves the queue for a connection
        }
    }
}
