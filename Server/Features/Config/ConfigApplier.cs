using AuthCore.Options;
using AuthCore.Protocol;

namespace AuthCore.Features.Config;

/// <summary>What an application of the file changed.</summary>
internal sealed class ConfigChanges
{
    private readonly List<string> written = [];

    /// <summary>Each thing that was written or switched off: "client demo-web".</summary>
    public IReadOnlyList<string> Written => written;

    public void Add(string what) => written.Add(what);
}

/// <summary>Applies a file: reads, judges all of it, and only then writes what differs.</summary>
internal sealed class ConfigApplier(AuthCoreOptions options, ServerCapabilities capabilities, SecretReader secrets, ConfigStore entries, ConfigJudge judge, ConfigWriter writer, TimeProvider time)
{
    /// <param name="source">Null where there is no file: then the standard scopes are seen to, and demo entries outside Development.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="StartupException">The file has faults; nothing was written.</exception>
    public async Task<(ConfigModel Model, ConfigChanges Changes)> ApplyAsync(ConfigSource? source, CancellationToken ct)
    {
        var faults = new ConfigFaults(source?.Name ?? "");
        var model = source is null ? new ConfigModel() : new ConfigReader(secrets, faults, capabilities.Profiles).Read(source.Utf8);
        await using var turn = await ConfigTurn.TakeAsync(options.Database, ct);
        var owned = (await entries.ListAsync(ct)).ToDictionary(row => (row.Kind, row.Key));
        var context = new ConfigContext(model, owned, time.GetUtcNow(), new ConfigChanges()) { HasFile = source is not null, IsDevelopment = options.IsDevelopment };
        var users = await judge.JudgeAsync(context, faults, ct);
        faults.ThrowIfAny();
        await writer.WriteAsync(context, users, ct);
        return (model, context.Changes);
    }
}

/// <summary>One application of a file.</summary>
/// <param name="Model">The file.</param>
/// <param name="Owned">What files wrote before.</param>
/// <param name="Now">When.</param>
/// <param name="Changes">What is written is noted here.</param>
internal sealed record ConfigContext(ConfigModel Model, IReadOnlyDictionary<(string Kind, string Key), EntryRow> Owned, DateTimeOffset Now, ConfigChanges Changes)
{
    /// <summary>False: a standard scope is only made where it is missing, and nothing goes for not being named.</summary>
    public bool HasFile { get; init; } = true;

    /// <summary>Where demo entries may live.</summary>
    public bool IsDevelopment { get; init; }

    public EntryRow? Find(string kind, string key) => Owned.GetValueOrDefault((kind, key));

    /// <summary>The file's word; where it has none, what was decided elsewhere, unless it was the file that switched it off before.</summary>
    public DateTimeOffset? DisabledAt(bool? said, EntryRow? before, DateTimeOffset? stored) => said switch
    {
        true => stored ?? Now,
        false => null,
        null => before is { Disabled: true } ? null : stored,
    };
}
