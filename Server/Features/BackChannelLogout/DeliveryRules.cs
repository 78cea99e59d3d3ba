namespace AuthCore.Features.BackChannelLogout;

/// <summary>What becomes of a message after an attempt.</summary>
internal abstract record DeliveryDecision
{
    /// <summary>The application has it.</summary>
    public sealed record Delivered : DeliveryDecision;

    /// <summary>Another attempt.</summary>
    public sealed record Retry(DateTimeOffset At) : DeliveryDecision;

    /// <summary>No further attempt.</summary>
    public sealed record Dead : DeliveryDecision;
}

/// <summary>Back-Channel Logout §2.8, and when to try again. Pure.</summary>
internal static class DeliveryRules
{
    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    /// <summary>Decides.</summary>
    /// <param name="status">The status of the answer; 0 where there was none.</param>
    /// <param name="attempts">How many there were, this one included; from 1.</param>
    /// <param name="now">The time.</param>
    /// <param name="giveUpAt">When it is too late.</param>
    /// <param name="jitter">0 to 1: servers that failed together do not come back together.</param>
    public static DeliveryDecision Decide(int status, int attempts, DateTimeOffset now, DateTimeOffset giveUpAt, double jitter)
    {
        if (status is 200 or 204)
        {
            return new DeliveryDecision.Delivered();
        }

        // §2.8: 400 is also the answer of an application that failed to sign out, so it is no more final than any other.
        var at = now + Wait(attempts, jitter);
        return at > giveUpAt ? new DeliveryDecision.Dead() : new DeliveryDecision.Retry(at);
    }

    // 2 s, doubling, to an hour; the last half of it is left to chance.
    private static TimeSpan Wait(int attempts, double jitter)
    {
        var doubled = s_first * Math.Pow(2, Math.Min(attempts - 1, 20));
        var longest = doubled < s_longest ? doubled : s_longest;
        return longest * (0.5 + (jitter / 2));
    }
}
