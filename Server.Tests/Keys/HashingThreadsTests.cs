using AuthCore.Keys;

namespace AuthCore.Tests.Keys;

public sealed class HashingThreadsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 20_000)]
    public async Task Work_runs_on_a_background_thread_that_is_not_of_the_pool_and_its_continuation_does_not()
    {
        using var threads = new HashingThreads(1, 4);
        var worker = await threads.RunAsync(() => Thread.CurrentThread, Ct);

        Assert.False(worker.IsThreadPoolThread);
        Assert.True(worker.IsBackground);

        using var begun = new ManualResetEventSlim();
        var slow = threads.RunAsync(() => { begun.Wait(); return Thread.CurrentThread; }, Ct);
        var after = slow.ContinueWith(t => (Worker: t.Result, Then: Thread.CurrentThread), Ct, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        begun.Set();
        var (ran, then) = await after;
        Assert.NotSame(ran, then);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_full_queue_refuses_at_once_and_takes_work_again_when_there_is_room()
    {
        using var threads = new HashingThreads(1, 2);
        using var gate = new ManualResetEventSlim();
        var all = Enumerable.Range(0, 3).Select(i => threads.RunAsync(() => { gate.Wait(); return i; }, Ct)).ToArray();   // one works, two wait

        await Assert.ThrowsAsync<HashingBusyException>(() => threads.RunAsync(() => 3, Ct));
        Assert.All(all, t => Assert.False(t.IsCompleted));

        gate.Set();
        var results = await Task.WhenAll(all);
        Assert.Equal([0, 1, 2], results);
        Assert.Equal(4, await threads.RunAsync(() => 4, Ct));
    }

    [Fact(Timeout = 20_000)]
    public async Task Whoever_gives_up_waiting_leaves_the_queue_and_is_never_worked_for()
    {
        using var threads = new HashingThreads(1, 1);
        using var gate = new ManualResetEventSlim();
        using var giveUp = new CancellationTokenSource();
        var worked = false;
        var first = threads.RunAsync(() => { gate.Wait(); return 1; }, Ct);
        var second = threads.RunAsync(() => worked = true, giveUp.Token);
        await Assert.ThrowsAsync<HashingBusyException>(() => threads.RunAsync(() => 3, Ct));

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        var third = threads.RunAsync(() => 3, Ct);   // its place is free while the first still works

        gate.Set();
        Assert.Equal(1, await first);
        Assert.Equal(3, await third);
        Assert.False(worked);
    }

    [Fact(Timeout = 20_000)]
    public async Task Cancelled_before_it_began_it_is_not_queued()
    {
        using var threads = new HashingThreads(1, 1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => threads.RunAsync(() => 1, new CancellationToken(canceled: true)));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_fault_reaches_its_caller_and_the_thread_lives_on()
    {
        using var threads = new HashingThreads(1, 1);

        await Assert.ThrowsAsync<InvalidDataException>(() => threads.RunAsync<int>(() => throw new InvalidDataException(), Ct));
        Assert.Equal(2, await threads.RunAsync(() => 2, Ct));
    }

    [Fact(Timeout = 20_000)]
    public async Task At_its_end_work_under_way_is_finished_and_what_waits_is_failed()
    {
        var threads = new HashingThreads(1, 4);
        using var begun = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var working = threads.RunAsync(() => { begun.Set(); gate.Wait(); return 1; }, Ct);
        begun.Wait(Ct);
        var waiting = threads.RunAsync(() => 2, Ct);

        var end = Task.Run(threads.Dispose, Ct);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        gate.Set();
        await end;

        Assert.Equal(1, await working);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => threads.RunAsync(() => 3, Ct));
        threads.Dispose();
    }
}
