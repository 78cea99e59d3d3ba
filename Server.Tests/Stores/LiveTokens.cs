using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Stores;

/// <summary>How many ends of a chain of refresh tokens could still be used.</summary>
internal static class LiveTokens
{
    public static Task<int> CountAsync(AuthCoreApp app, Guid grantId) => app.Get<Database>().FindAsync<int>(
        """
        select count(*)::int
        from   refresh_tokens t
        join   grants g on g.id = t.grant_id
        where  t.grant_id = @grantId and t.rotated_at is null and g.revoked_at is null
        """,
        new { grantId }, CancellationToken.None);
}
