using AuthCore.Bench.Http;

namespace AuthCore.Bench.Loads;

/// <summary>One who asks, waits for the answer, looks at it, and asks again.</summary>
internal abstract class VirtualUser
{
    /// <summary>The next request; empty where there is nothing left to ask.</summary>
    public abstract ReadOnlyMemory<byte> Next();

    /// <summary>Looks at the answer.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public abstract string? Check(in HttpAnswer answer);

    /// <summary>False where the answer was a step of an operation that goes on with the next request; the whole operation is counted and timed as one.</summary>
    public virtual bool IsDone => true;

    protected static string Unexpected(in HttpAnswer answer) =>
        $"{answer.Status} {System.Text.Encoding.UTF8.GetString(answer.Body[..Math.Min(answer.Body.Length, 200)])}";
}
