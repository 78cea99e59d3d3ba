namespace AuthCore.Features.Config;

/// <summary>Writes a judged file, what others lean on first.</summary>
internal sealed class ConfigWriter(ScopeWriter scopes, ClientWriter clients, UserWriter users, ConfigRemover remover)
{
    public async Task WriteAsync(ConfigContext context, IReadOnlyList<PlannedUser> planned, CancellationToken ct)
    {
        await scopes.WriteScopesAsync(context, ct);
        await scopes.WriteResourcesAsync(context, ct);
        await clients.WriteAsync(context, ct);
        await users.WriteAsync(context, planned, ct);
        await remover.RemoveAsync(context, planned, ct);
    }
}
