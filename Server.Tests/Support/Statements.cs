using System.Diagnostics;
using Npgsql;

namespace AuthCore.Tests.Support;

/// <summary>What a server asks its database while this is there: one entry a round trip of a request; what keeps memory fresh is left out.</summary>
internal sealed class Statements : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly List<string> _texts = [];
    private readonly Lock _lock = new();

    /// <summary>Listens to the server on this database.</summary>
    public Statements(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                var tags = activity.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value?.ToString(), StringComparer.Ordinal);
                var text = tags.GetValueOrDefault("db.query.text") ?? tags.GetValueOrDefault("db.statement");
                if (text is not null and not "select 1" && !text.Contains("authcore_changed", StringComparison.Ordinal) && tags.ContainsValue(name))
                {
                    lock (_lock)
                    {
                        _texts.Add(text);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>What was asked since the last time.</summary>
    public IReadOnlyList<string> Take()
    {
        lock (_lock)
        {
            var taken = _texts.ToArray();
            _texts.Clear();
            return taken;
        }
    }

    /// <summary>What the request asks once the server answers from memory what it keeps there.</summary>
    /// <param name="request">Sends it.</param>
    /// <param name="expected">How many are waited for.</param>
    public async Task<IReadOnlyList<string>> OfAsync(Func<Task> request, int expected = 1)
    {
        IReadOnlyList<string> least = [];
        for (var round = 0; round < 40; round++)
        {
            Take();
            await request();
            var asked = Take();
            if (round == 0 || asked.Count < least.Count)
            {
                least = asked;
            }

            if (least.Count <= expected)
            {
                break;
            }

            await Task.Delay(50);
        }

        return least;
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
