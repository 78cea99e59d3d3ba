using AuthCore.Stores;
using AuthCore.Tests.Support;

namespace AuthCore.Tests.Stores;

/// <summary>How many ends of a chain of refresh tokens could still be used.</summary>
internal static class LiveTokens
{
    public static Task<int> CountAsync(AuthCoreApp app, Guid grantId) => app.Get<Database>().FindAsync<int>(
        """
        select count(*)::int
        from   grants
        where  id = @grantId and refresh_hash is not null and revoked_at is null
        """,
        new { grantId }, CancellationToken.None);
}
