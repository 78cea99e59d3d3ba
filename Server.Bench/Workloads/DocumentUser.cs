using AuthCore.Bench.Http;
using AuthCore.Bench.Loads;

namespace AuthCore.Bench.Workloads;

/// <summary>Reads a document, whose bytes never change.</summary>
internal sealed class DocumentUser(string path, byte[] document, TimeSpan pause = default) : VirtualUser
{
    private readonly byte[] _request = RequestBytes.Get(path);

    public override ReadOnlyMemory<byte> Next()
    {
        if (pause > TimeSpan.Zero)
        {
            using var never = new ManualResetEventSlim();
            never.Wait(pause);
        }

        return _request;
    }

    public override string? Check(in HttpAnswer answer) => answer.Status == 200 && answer.Body.SequenceEqual(document) ? null : Unexpected(answer);
}
