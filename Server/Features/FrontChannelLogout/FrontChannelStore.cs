using AuthCore.Stores;

namespace AuthCore.Features.FrontChannelLogout;

/// <summary>A client that wants its address loaded where a session ends.</summary>
internal sealed record FrontChannelClient
{
    /// <summary>Front-Channel Logout §2.</summary>
    public string FrontchannelLogoutUri { get; init; } = "";

    /// <summary>Front-Channel Logout §2.</summary>
    public bool FrontchannelLogoutSessionRequired { get; init; }
}

/// <summary>Which clients of a session have such an address.</summary>
internal sealed class FrontChannelStore(Database database)
{
    /// <summary>At most 50, so that no page is without end.</summary>
    public Task<IReadOnlyList<FrontChannelClient>> ListAsync(Guid session, CancellationToken ct) => database.ListAsync<FrontChannelClient>(
        """
        select c.frontchannel_logout_uri, c.frontchannel_logout_session_required
        from   session_clients sc
        join   clients c on c.client_id = sc.client_id
        where  sc.session_id = @session and c.frontchannel_logout_uri is not null and c.disabled_at is null
        order by c.client_id
        limit  50
        """,
        new { session }, ct);
}
