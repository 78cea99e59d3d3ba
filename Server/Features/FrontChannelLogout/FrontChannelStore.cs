using AuthCore.Stores;

namespace AuthCore.Features.FrontChannelLogout;

/// <summary>The clients of a session, as <c>sql/0013_session_clients.sql</c> remembers them.</summary>
internal sealed class FrontChannelStore(Database database)
{
    /// <summary>Their ids; at most 50, so that no page is without end.</summary>
    public Task<IReadOnlyList<string>> ListClientsAsync(Guid session, CancellationToken ct) =>
        database.ListAsync<string>("select client_id from session_clients where session_id = @session order by client_id limit 50", new { session }, ct);
}
