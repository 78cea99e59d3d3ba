using AuthCore.Stores;

namespace AuthCore.Tests.Stores;

/// <summary>Nobody waits for company, everybody gets their own answer, and no batch holds up more than its own.</summary>
public sealed class BatchesTests
{
    private static readonly CancellationToken s_ct = CancellationToken.None;

    private readonly List<int[]> _begun = [];
    private readonly List<TimeSpan> _within = [];
    private readonly Dictionary<int, TaskCompletionSource> _held = [];
    private readonly Batches<int, string> _batches;

    public BatchesTests() => _batches = new Batches<int, string>(async (items, within) =>
    {
        TaskCompletionSource? held = null;
        lock (_begun)
        {
            _begun.Add(items);
            _within.Add(within);
            _held.TryGetValue(items[0], out held);
        }

        await (held?.Task ?? Task.CompletedTask);
        return items.Contains(-1) ? throw new InvalidOperationException("no") : [.. items.Select(item => $"answer {item}")];
    });

    [Fact]
    public async Task The_first_is_done_at_once_and_those_that_come_meanwhile_together()
    {
        var first = Hold(1);
        var others = Enumerable.Range(2, 5).Select(Ask).ToArray();
        Assert.Equal([[1]], Begun());

        first.SetResult();

        Assert.Equal(["answer 2", "answer 3", "answer 4", "answer 5", "answer 6"], await Task.WhenAll(others));
        Assert.Equal([[1], [2, 3, 4, 5, 6]], Begun());
    }

    [Fact]
    public async Task One_after_the_other_each_is_done_alone()
    {
        Assert.Equal(["answer 1", "answer 2", "answer 3"], [await Ask(1), await Ask(2), await Ask(3)]);

        Assert.Equal([[1], [2], [3]], Begun());
    }

    [Fact]
    public async Task A_full_batch_does_not_wait_for_the_one_that_is_under_way()
    {
        Hold(0);
        var others = Enumerable.Range(1, Batches<int, string>.Most).Select(Ask).ToArray();

        Assert.Equal([1, Batches<int, string>.Most], Begun().Select(batch => batch.Length));   // at once, and not when patience ends
        await Task.WhenAll(others);
    }

    [Fact]
    public async Task No_batch_is_larger_than_may_be()
    {
        var first = Hold(0);
        var second = Hold(1, asked: false);
        var others = Enumerable.Range(1, (3 * Batches<int, string>.Most) + 1).Select(Ask).ToArray();

        first.SetResult();
        second.SetResult();
        await Task.WhenAll(others);

        Assert.All(Begun(), batch => Assert.InRange(batch.Length, 1, Batches<int, string>.Most));
        Assert.Equal(Enumerable.Range(0, others.Length + 1), Begun().SelectMany(batch => batch).Order());
    }

    [Fact]
    public async Task One_that_hangs_holds_nobody_up_for_long()
    {
        Hold(1);

        Assert.Equal("answer 2", await Ask(2).WaitAsync(Database.Deadline / 2, s_ct));
    }

    /// <summary>What nobody waits for any more must not happen later.</summary>
    [Fact]
    public async Task A_batch_has_no_more_time_than_is_left_to_the_first_in_it()
    {
        Hold(1);

        await Ask(2);   // waits until patience ends

        Assert.InRange(_within[0], Database.Deadline - (Batches<int, string>.Patience / 2), Database.Deadline);
        Assert.InRange(_within[1], TimeSpan.Zero, Database.Deadline - (Batches<int, string>.Patience / 2));
    }

    [Fact]
    public async Task A_fault_is_told_to_each_of_its_batch_and_to_nobody_else()
    {
        var first = Hold(1);
        var (one, other) = (Ask(-1), Ask(2));
        first.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => one);
        await Assert.ThrowsAsync<InvalidOperationException>(() => other);
        Assert.Equal("answer 3", await Ask(3));
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_is_not_begun()
    {
        var first = Hold(1);
        using var gone = new CancellationTokenSource();
        var (left, stays) = (_batches.DoAsync(2, gone.Token), Ask(3));

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        first.SetResult();
        await stays;

        Assert.Equal([[1], [3]], Begun());
    }

    [Fact]
    public async Task Whoever_waits_in_vain_is_told_so_in_time()
    {
        Hold(1);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => Ask(1));   // begun, and never ended
    }

    [Fact]
    public async Task A_request_leaves_nothing_of_itself_to_what_others_ask_later()
    {
        var (seen, held, request) = (new List<string?>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new AsyncLocal<string?>());
        var batches = new Batches<int, string>(async (items, within) =>
        {
            seen.Add(request.Value);
            await held.Task;
            return [.. items.Select(_ => "")];
        });
        request.Value = "mine";
        var first = batches.DoAsync(1, s_ct);
        request.Value = "another's";
        var second = batches.DoAsync(2, s_ct);

        held.SetResult();
        await Task.WhenAll(first, second);

        Assert.Equal(["mine", null], seen);
    }

    private Task<string> Ask(int item) => _batches.DoAsync(item, s_ct);

    private TaskCompletionSource Hold(int item, bool asked = true)
    {
        var held = new TaskCompletionSource();
        lock (_begun)
        {
            _held[item] = held;
        }

        if (asked)
        {
            _ = Ask(item).ContinueWith(static ended => ended.Exception, s_ct, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }

        return held;
    }

    private int[][] Begun()
    {
        lock (_begun)
        {
            return [.. _begun];
        }
    }
}
