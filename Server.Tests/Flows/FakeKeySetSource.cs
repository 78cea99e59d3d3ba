using System.Text;
using AuthCore.Flows;

namespace AuthCore.Tests.Flows;

/// <summary>Somebody else's server with key sets, as the test wants it.</summary>
internal sealed class FakeKeySetSource : IKeySetSource
{
    private readonly Dictionary<string, KeySetAnswer> _answers = new(StringComparer.Ordinal);
    private int _calls;

    /// <summary>How often it was asked.</summary>
    public int Calls => _calls;

    /// <summary>Where set, nobody is answered before it ends.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public void Serve(string uri, string jwks, TimeSpan? maxAge = null) => _answers[uri] = new KeySetAnswer(Encoding.UTF8.GetBytes(jwks), maxAge);

    public void Fail(string uri) => _answers[uri] = new KeySetAnswer(null, Fault: "it did not answer in time");

    public async Task<KeySetAnswer> FetchAsync(string uri, CancellationToken ct)
    {
        Interlocked.Increment(ref _calls);
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        return _answers.GetValueOrDefault(uri) ?? new KeySetAnswer(null, Fault: "nothing is there");
    }
}
